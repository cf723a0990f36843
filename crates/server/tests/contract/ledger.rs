//! The ledger, with the script around the steps of sagas.

use std::sync::Arc;

use async_trait::async_trait;
use hongbao_domain::{
    ledger::{
        AddCoinRefusal, Deposit, DepositRefusal, Moved, OpenAccount, OpenAccountRefusal, Opened, Withdraw,
        WithdrawRefusal,
    },
    money::Coin,
    red_packet::{
        BeginClaim, BeginClaimRefusal, Begun, Cancel, CancelRefusal, Cancelled, Confirm, ConfirmRefusal, Confirmed,
        Expire, ExpireRefusal, Expired, Receipt, ReleaseClaim, ReleaseRefusal, Released, Reserve, ReserveRefusal,
        Reserved, SettleClaim, SettleRefusal,
    },
};
use hongbao_ports::{Failure, Ledger};

use crate::script::{Moment, Script, Step};

/// The ledger that the sagas of a server see.
pub(crate) struct ScriptedLedger {
    pub(crate) ledger: Arc<dyn Ledger>,
    pub(crate) script: Script,
}

impl ScriptedLedger {
    async fn play<T, R>(&self, step: Step, call: impl Future<Output = Result<T, Failure<R>>>) -> Result<T, Failure<R>> {
        self.script.pass(Moment::Before(step)).await?;
        let outcome = call.await;
        self.script.pass(Moment::After(step)).await?;
        outcome
    }
}

#[async_trait]
impl Ledger for ScriptedLedger {
    async fn reserve(&self, reserve: Reserve) -> Result<Reserved, Failure<ReserveRefusal>> {
        self.play(Step::Reserve, self.ledger.reserve(reserve)).await
    }

    async fn confirm(&self, confirm: Confirm) -> Result<Confirmed, Failure<ConfirmRefusal>> {
        self.play(Step::Confirm, self.ledger.confirm(confirm)).await
    }

    async fn cancel(&self, cancel: Cancel) -> Result<Cancelled, Failure<CancelRefusal>> {
        self.play(Step::Cancel, self.ledger.cancel(cancel)).await
    }

    async fn begin_claim(&self, begin: BeginClaim) -> Result<Begun, Failure<BeginClaimRefusal>> {
        self.play(Step::BeginClaim, self.ledger.begin_claim(begin)).await
    }

    async fn settle_claim(&self, settle: SettleClaim) -> Result<Receipt, Failure<SettleRefusal>> {
        self.play(Step::SettleClaim, self.ledger.settle_claim(settle)).await
    }

    async fn release_claim(&self, release: ReleaseClaim) -> Result<Released, Failure<ReleaseRefusal>> {
        self.play(Step::ReleaseClaim, self.ledger.release_claim(release)).await
    }

    async fn add_coin(&self, coin: Coin) -> Result<(), Failure<AddCoinRefusal>> {
        self.ledger.add_coin(coin).await
    }

    async fn open_account(&self, open: OpenAccount) -> Result<Opened, Failure<OpenAccountRefusal>> {
        self.ledger.open_account(open).await
    }

    async fn deposit(&self, deposit: Deposit) -> Result<Moved, Failure<DepositRefusal>> {
        self.ledger.deposit(deposit).await
    }

    async fn withdraw(&self, withdraw: Withdraw) -> Result<Moved, Failure<WithdrawRefusal>> {
        self.ledger.withdraw(withdraw).await
    }

    async fn expire(&self, expire: Expire) -> Result<Expired, Failure<ExpireRefusal>> {
        self.ledger.expire(expire).await
    }
}
