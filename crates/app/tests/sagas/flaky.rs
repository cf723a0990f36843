//! A ledger some of whose steps break or take their time before they reach the real one.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use hongbao_domain::{
    id::{TransferId, UserId},
    ledger::{
        AddCoinRefusal, Audit, Deposit, DepositRefusal, Holding, Moved, OpenAccount, OpenAccountRefusal, Opened,
        Withdraw, WithdrawRefusal,
    },
    money::Coin,
    red_packet::{
        BeginClaim, BeginClaimRefusal, Begun, Cancel, CancelRefusal, Cancelled, Confirm, ConfirmRefusal, Confirmed,
        Expire, ExpireRefusal, Expired, Packet, Receipt, ReleaseClaim, ReleaseRefusal, Released, Reserve,
        ReserveRefusal, Reserved, SettleClaim, SettleRefusal, Viewed,
    },
};
use hongbao_ports::{
    Failure, Fault, FaultKind, Ledger,
    query::{Except, LedgerQueries, Overdue, Page, Queries},
};
use hongbao_testkit::TestStore;

/// A step that can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    Reserve,
    BeginClaim,
    View,
    Holdings,
    Confirm,
    Settle,
    Cancel,
    Overdue,
}

#[derive(Default)]
struct Plans {
    breaks: HashMap<Step, (usize, FaultKind)>,
    delays: HashMap<Step, Duration>,
}

pub(crate) struct FlakyLedger {
    inner: Arc<dyn Ledger>,
    queries: Arc<dyn Queries>,
    plans: Mutex<Plans>,
    cancels: AtomicUsize,
}

impl FlakyLedger {
    pub(crate) fn new(store: &TestStore) -> Self {
        let (inner, queries) = (store.ledger.clone(), store.queries.clone());
        Self { inner, queries, plans: Mutex::default(), cancels: AtomicUsize::new(0) }
    }

    /// Gives how many packets it was told to cancel.
    pub(crate) fn cancels(&self) -> usize {
        self.cancels.load(Ordering::SeqCst)
    }

    /// Breaks the next `times` calls of a step before they reach the ledger.
    pub(crate) fn break_times(&self, step: Step, times: usize, kind: FaultKind) {
        self.plans.lock().expect("no test panics with the lock").breaks.insert(step, (times, kind));
    }

    /// Lets every call of a step take its time.
    pub(crate) fn delay(&self, step: Step, span: Duration) {
        self.plans.lock().expect("no test panics with the lock").delays.insert(step, span);
    }

    fn plan(&self, step: Step) -> Result<Duration, Fault> {
        let mut plans = self.plans.lock().expect("no test panics with the lock");
        if let Some((times, kind)) = plans.breaks.get_mut(&step)
            && *times > 0
        {
            *times -= 1;
            return Err(match kind {
                FaultKind::Internal => Fault::internal("broken on purpose"),
                FaultKind::Unavailable => Fault::unavailable("broken on purpose"),
                FaultKind::Unresolved => Fault::unresolved("broken on purpose"),
            });
        }
        Ok(plans.delays.get(&step).copied().unwrap_or_default())
    }
}

#[async_trait]
impl Ledger for FlakyLedger {
    async fn add_coin(&self, coin: Coin) -> Result<(), Failure<AddCoinRefusal>> {
        self.inner.add_coin(coin).await
    }

    async fn open_account(&self, open: OpenAccount) -> Result<Opened, Failure<OpenAccountRefusal>> {
        self.inner.open_account(open).await
    }

    async fn deposit(&self, deposit: Deposit) -> Result<Moved, Failure<DepositRefusal>> {
        self.inner.deposit(deposit).await
    }

    async fn withdraw(&self, withdraw: Withdraw) -> Result<Moved, Failure<WithdrawRefusal>> {
        self.inner.withdraw(withdraw).await
    }

    async fn reserve(&self, reserve: Reserve) -> Result<Reserved, Failure<ReserveRefusal>> {
        let late = self.plan(Step::Reserve)?;
        let reserved = self.inner.reserve(reserve).await;
        tokio::time::sleep(late).await;
        reserved
    }

    async fn confirm(&self, confirm: Confirm) -> Result<Confirmed, Failure<ConfirmRefusal>> {
        self.plan(Step::Confirm)?;
        self.inner.confirm(confirm).await
    }

    async fn cancel(&self, cancel: Cancel) -> Result<Cancelled, Failure<CancelRefusal>> {
        self.cancels.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(self.plan(Step::Cancel)?).await;
        self.inner.cancel(cancel).await
    }

    async fn begin_claim(&self, begin: BeginClaim) -> Result<Begun, Failure<BeginClaimRefusal>> {
        let late = self.plan(Step::BeginClaim)?;
        tokio::time::sleep(late).await;
        self.inner.begin_claim(begin).await
    }

    async fn settle_claim(&self, settle: SettleClaim) -> Result<Receipt, Failure<SettleRefusal>> {
        self.plan(Step::Settle)?;
        self.inner.settle_claim(settle).await
    }

    async fn release_claim(&self, release: ReleaseClaim) -> Result<Released, Failure<ReleaseRefusal>> {
        self.inner.release_claim(release).await
    }

    async fn expire(&self, expire: Expire) -> Result<Expired, Failure<ExpireRefusal>> {
        self.inner.expire(expire).await
    }
}

#[async_trait]
impl LedgerQueries for FlakyLedger {
    async fn coins(&self) -> Result<Vec<Coin>, Fault> {
        self.queries.coins().await
    }

    async fn holdings(&self, user: UserId) -> Result<Vec<Holding>, Fault> {
        let late = self.plan(Step::Holdings)?;
        tokio::time::sleep(late).await;
        self.queries.holdings(user).await
    }

    async fn packet(&self, id: TransferId) -> Result<Option<Packet>, Fault> {
        self.queries.packet(id).await
    }

    async fn view(&self, id: TransferId) -> Result<Option<Viewed>, Fault> {
        let late = self.plan(Step::View)?;
        tokio::time::sleep(late).await;
        self.queries.view(id).await
    }

    async fn overdue(&self, limit: u32, except: &Except) -> Result<Overdue, Fault> {
        let late = self.plan(Step::Overdue)?;
        let overdue = self.queries.overdue(limit, except).await;
        tokio::time::sleep(late).await;
        overdue
    }

    async fn audit(&self) -> Result<Audit, Fault> {
        self.queries.audit().await
    }

    async fn packets_of(&self, user: UserId, page: Page<TransferId>) -> Result<Vec<Viewed>, Fault> {
        self.queries.packets_of(user, page).await
    }
}
