//! A store in memory that fails as it is told to.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

use async_trait::async_trait;
use hongbao_domain::{
    id::{AttemptId, TransferId},
    ledger::{AccountKey, Deposit},
    money::{Amount, Coin, Scale},
    red_packet::{Confirm, PacketRef},
    store::{Action, Batch, Command, Outcome, Tables},
    time::Timestamp,
};
use hongbao_ports::Fault;
use hongbao_store::{Attempt, CommitError, Store};
use tokio::sync::Semaphore;

/// What happens to one batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InjectedFault {
    /// It waits at the disk until it is let go.
    Hold,
    /// It is not written, for a cause that may pass.
    Retry,
    /// It is committed, and the answer is lost.
    LoseAfterCommit,
    /// It is not committed, and the answer is lost.
    LoseBeforeCommit,
    /// It cannot be written if it has the poison.
    FailOnPoison,
    /// It panics if it has the poison.
    PanicOnPoison,
    /// Another writer was faster if it has the poison, always.
    ConflictOnPoison,
}

#[derive(Default)]
struct Rows {
    injected_faults: VecDeque<InjectedFault>,
    always: Option<InjectedFault>,
    never_tell: bool,
    panics_when_asked: u32,
    tables: Tables,
    committed: BTreeSet<AttemptId>,
    batches: Vec<usize>,
    attempts: BTreeSet<AttemptId>,
}

/// One account that deposits of 1 go to: its balance counts what was run.
pub(crate) struct FakeStore {
    rows: Mutex<Rows>,
    arrived: Semaphore,
    gate: Semaphore,
}

fn account() -> AccountKey {
    AccountKey { user: "alice".parse().expect("an id"), coin: "CNY".parse().expect("an id") }
}

/// Deposits 1, under a name of its own.
pub(crate) fn deposit(number: u32) -> Deposit {
    let amount = Amount::from_minor(1).expect("in bounds");
    Deposit { reference: format!("d{number}").parse().expect("a reference"), account: account(), amount }
}

/// A command that the store cannot stomach.
pub(crate) fn poison() -> Deposit {
    Deposit { reference: "poison".parse().expect("a reference"), ..deposit(0) }
}

/// A packet that there is not.
pub(crate) fn nowhere() -> Confirm {
    let AccountKey { user, coin } = account();
    Confirm { packet: PacketRef { id: TransferId::from_u128(1), sender: user, coin } }
}

fn is_poison(command: &Command) -> bool {
    matches!(&command.action, Action::Deposit(deposit) if deposit.reference.as_str() == "poison")
}

impl FakeStore {
    pub(crate) fn new(injected_faults: impl IntoIterator<Item = InjectedFault>) -> Arc<Self> {
        let (cent, all) = (Amount::from_minor(1).expect("in bounds"), Amount::MAX);
        let coin = Coin::try_new(account().coin, Scale::new(2).expect("at most 18"), cent, all).expect("a coin");
        let tables = Tables { coins: [(coin.id(), coin)].into(), ..Tables::default() };
        let rows = Rows { injected_faults: injected_faults.into_iter().collect(), tables, ..Rows::default() };
        Arc::new(Self { rows: Mutex::new(rows), arrived: Semaphore::new(0), gate: Semaphore::new(0) })
    }

    pub(crate) fn always(injected: InjectedFault) -> Arc<Self> {
        let store = Self::new([]);
        store.rows().always = Some(injected);
        store
    }

    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().expect("no test panics with the lock")
    }

    /// Waits until a batch is held at the disk.
    pub(crate) async fn held(&self) {
        self.arrived.acquire().await.expect("never closed").forget();
    }

    pub(crate) fn let_go(&self) {
        self.gate.add_permits(1);
    }

    pub(crate) fn hold_next(&self) {
        self.rows().injected_faults.push_back(InjectedFault::Hold);
    }

    pub(crate) fn never_tell(&self) {
        self.rows().never_tell = true;
    }

    /// Panics when it is asked about an attempt, so many times.
    pub(crate) fn panic_when_asked(&self, times: u32) {
        self.rows().panics_when_asked = times;
    }

    /// Gives the sizes of the batches that were committed.
    pub(crate) fn batches(&self) -> Vec<usize> {
        self.rows().batches.clone()
    }

    pub(crate) fn attempts(&self) -> usize {
        self.rows().attempts.len()
    }

    pub(crate) fn balance(&self) -> i128 {
        self.rows().tables.accounts.get(&account()).map_or(0, |account| account.balance.amount.minor())
    }

    fn write(&self, attempt: AttemptId, batch: &Batch) -> Vec<Outcome> {
        let mut rows = self.rows();
        let outcomes = rows.tables.run(batch, Timestamp::from_micros(1));
        rows.committed.insert(attempt);
        rows.batches.push(batch.len());
        outcomes
    }
}

#[async_trait]
impl Store for FakeStore {
    async fn commit(&self, attempt: Attempt, batch: &Batch) -> Result<Vec<Outcome>, CommitError<Vec<Outcome>>> {
        let attempt = attempt.id;
        let injected = {
            let mut rows = self.rows();
            rows.attempts.insert(attempt);
            rows.injected_faults.pop_front().or(rows.always)
        };
        let lost = || Fault::unresolved("the answer was lost");
        match injected {
            Some(InjectedFault::Hold) => {
                self.arrived.add_permits(1);
                self.gate.acquire().await.expect("never closed").forget();
            }
            Some(InjectedFault::Retry) => return Err(CommitError::Retry(Fault::unavailable("the store is away"))),
            Some(InjectedFault::LoseAfterCommit) => {
                return Err(CommitError::Lost { outcome: self.write(attempt, batch), fault: lost() });
            }
            Some(InjectedFault::LoseBeforeCommit) => {
                return Err(CommitError::Lost { outcome: Vec::new(), fault: lost() });
            }
            Some(InjectedFault::FailOnPoison) if batch.iter().any(is_poison) => {
                return Err(CommitError::Failed(Fault::internal("the store cannot stomach it")));
            }
            Some(InjectedFault::PanicOnPoison) if batch.iter().any(is_poison) => panic!("a defect of the store"),
            Some(InjectedFault::ConflictOnPoison) if batch.iter().any(is_poison) => {
                return Err(CommitError::Conflict(Fault::unavailable("another writer was faster")));
            }
            Some(InjectedFault::FailOnPoison | InjectedFault::PanicOnPoison | InjectedFault::ConflictOnPoison)
            | None => {}
        }
        Ok(self.write(attempt, batch))
    }

    async fn was_committed(&self, attempt: Attempt) -> Result<bool, Fault> {
        let mut rows = self.rows();
        if rows.panics_when_asked > 0 {
            rows.panics_when_asked -= 1;
            drop(rows);
            panic!("a defect of the store");
        }
        if rows.never_tell {
            Err(Fault::unavailable("the store is away"))
        } else {
            Ok(rows.committed.contains(&attempt.id))
        }
    }
}
