//! What a database has to offer.

use async_trait::async_trait;
use hongbao_domain::{
    id::AttemptId,
    store::{Batch, Outcome},
};
use hongbao_ports::{Fault, FaultKind};
use tokio::time::Instant;

/// One try at a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// Its name, which the transaction records.
    pub id: AttemptId,
    /// When its callers stop waiting. A store that has not answered by then is given up.
    pub until: Instant,
}

/// What a transaction's work has decided.
#[derive(Debug)]
pub enum Verdict<T> {
    /// Commit what was written, and record the attempt with it.
    Commit(T),
    /// Commit what was written; the attempt is recorded already.
    CommitRecorded(T),
    /// Nothing was written, or nothing is to stay.
    Rollback(T),
}

/// Why a transaction has no outcome yet.
#[derive(Debug)]
pub enum CommitError<T> {
    /// Nothing was written and the cause may pass: lock time-out, serialization failure, deadlock, lost connection.
    Retry(Fault),
    /// Nothing was written: another writer was faster to make a row that this one makes, too.
    Conflict(Fault),
    /// The answer to the commit itself was lost. If it did commit, this is the outcome.
    Lost {
        /// What it came to.
        outcome: T,
        /// What broke.
        fault: Fault,
    },
    /// Nothing was written and trying again would not help.
    Failed(Fault),
}

impl<T> CommitError<T> {
    /// Gives what broke.
    pub fn into_fault(self) -> Fault {
        match self {
            Self::Retry(fault) | Self::Conflict(fault) | Self::Failed(fault) | Self::Lost { fault, .. } => fault,
        }
    }
}

/// Nothing was written yet: a fault that may pass is worth another attempt.
impl<T> From<Fault> for CommitError<T> {
    fn from(fault: Fault) -> Self {
        match fault.kind() {
            FaultKind::Unavailable => Self::Retry(fault),
            FaultKind::Internal | FaultKind::Unresolved => Self::Failed(fault),
        }
    }
}

/// Fails a batch unless a statement has written just the rows that it was given.
pub fn exactly(written: u64, given: usize) -> Result<(), Fault> {
    if usize::try_from(written) == Ok(given) {
        return Ok(());
    }
    Err(Fault::unavailable("cannot write the rows: one has changed since it was loaded"))
}

/// A database that can run batches.
///
/// An adapter never decides. It locks and loads what the batch [names](hongbao_domain::store::Keys), lets
/// [`decide`](crate::decide) do its work on the rows, writes what comes of it and commits. Every update is guarded by what was
/// loaded.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Runs a batch as one transaction, which also records `attempt`, and gives the outcomes in the batch's order.
    ///
    /// A batch that changes nothing need not commit anything. `Ok` means durable.
    async fn commit(&self, attempt: Attempt, batch: &Batch) -> Result<Vec<Outcome>, CommitError<Vec<Outcome>>>;

    /// Says whether an attempt was committed. If not, it never can be after this: the question leaves a tombstone.
    ///
    /// It may be asked again when its own answer was lost, and then says the same. A yes is as durable as the commit.
    async fn was_committed(&self, attempt: Attempt) -> Result<bool, Fault>;
}
