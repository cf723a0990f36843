//! What a database has to offer.

use async_trait::async_trait;
use hongbao_domain::{
    id::AttemptId,
    store::{Batch, Outcome},
};
use hongbao_ports::Fault;
use tokio::time::Instant;

/// One try at a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// Its name, which the transaction records.
    pub id: AttemptId,
    /// When its callers stop waiting. A store that has not answered by then is given up.
    pub until: Instant,
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
