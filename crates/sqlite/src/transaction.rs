//! Transactions that write: begun, bounded in time, attempted until their outcome is known.
//!
//! Everything that changes the file goes through here, so that an error at COMMIT is never sorted like one before it, and
//! a connection whose transaction did not end in order is never used again.

use std::ops::{Deref, DerefMut};

use futures_util::future::BoxFuture;
use hongbao_domain::time::Timestamp;
use hongbao_ports::{Clock, Fault};
use hongbao_store::{Attempt, Attempts, CommitError, Verdict};
use sqlx::{Connection, Sqlite, SqliteConnection, Transaction};
use tokio::time::{Instant, error::Elapsed, timeout_at};

use crate::{
    SqliteStore,
    codec::bytes,
    fault::{self, at_commit},
    lane::Lane,
};

/// An open transaction that holds the only write lock: nothing that it reads can change before it ends.
pub(crate) struct Tx<'c, 'env: 'c> {
    connection: &'c mut SqliteConnection,
    clock: &'env dyn Clock,
}

impl Tx<'_, '_> {
    /// Gives the ledger's time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl Deref for Tx<'_, '_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        self.connection
    }
}

impl DerefMut for Tx<'_, '_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.connection
    }
}

/// What came of one attempt.
pub(crate) type Attempted<T> = Result<T, CommitError<T>>;

impl SqliteStore {
    /// Runs what is no batch until its outcome is known.
    ///
    /// The work is done anew in each attempt, so it must not keep anything from an earlier one.
    pub(crate) async fn run<'env, T, W>(&'env self, work: W) -> Result<T, Fault>
    where
        T: Send + 'env,
        W: for<'c> Fn(Tx<'c, 'env>) -> BoxFuture<'c, Result<Verdict<T>, Fault>> + Sync,
    {
        let attempts = Attempts { store: self, ids: self.ids.as_ref(), retry_timeout: self.retry_timeout };
        let work = &work;
        let attempt = |attempt| -> BoxFuture<'_, Attempted<T>> {
            Box::pin(self.transact(Lane::Background, attempt, move |tx| work(tx)))
        };
        attempts.until_known(attempt).await.map_err(Fault::from)
    }

    /// Runs one attempt at a transaction, which is recorded with it if it is to be committed.
    pub(crate) async fn transact<'env, T, W>(&'env self, lane: Lane, attempt: Attempt, work: W) -> Attempted<T>
    where
        T: Send,
        W: for<'c> FnOnce(Tx<'c, 'env>) -> BoxFuture<'c, Result<Verdict<T>, Fault>> + Send,
    {
        let until = attempt.until;
        let mut lent = self.lanes.lend(&self.writer, lane, until).await?;
        // From here on the connection is closed unless its transaction is seen to end.
        lent.is_clean = false;
        let begun = timeout_at(until, lent.connection.begin_with("BEGIN IMMEDIATE")).await;
        // Nothing else than the lock of another program holds it up.
        let locked = |elapsed| Fault::unavailable("cannot begin the transaction: the file is locked").because(elapsed);
        let begun = begun.map_err(locked)?;
        let mut tx = begun.map_err(|error| fault::of(error, "cannot begin the transaction"))?;
        let run = async {
            let verdict = work(Tx { connection: &mut tx, clock: self.clock.as_ref() }).await?;
            if matches!(verdict, Verdict::Commit(_)) {
                record(&mut tx, attempt, self.clock.now().to_micros()).await?;
            }
            Ok::<_, Fault>(verdict)
        };
        let outcome = match timeout_at(until, run).await {
            Ok(Ok(Verdict::Commit(outcome) | Verdict::CommitRecorded(outcome))) => outcome,
            Ok(Ok(Verdict::Rollback(outcome))) => {
                lent.is_clean = has_rolled_back(tx, until).await;
                return Ok(outcome);
            }
            Ok(Err(fault)) => {
                lent.is_clean = has_rolled_back(tx, until).await;
                return Err(fault.into());
            }
            Err(elapsed) => {
                return Err(CommitError::Retry(
                    Fault::unavailable("cannot finish the transaction in time").because(elapsed),
                ));
            }
        };
        match timeout_at(until, tx.commit()).await {
            Ok(Ok(())) => {
                lent.is_clean = true;
                self.lanes.note_commit();
                Ok(outcome)
            }
            Ok(Err(error)) => Err(at_commit(error, outcome)),
            Err(elapsed) => Err(at_commit(too_late(elapsed), outcome)),
        }
    }
}

/// Records an attempt. It is not forgotten here: a batch's clock may be ahead.
async fn record(tx: &mut SqliteConnection, attempt: Attempt, now: i64) -> Result<(), Fault> {
    let cannot = |error| fault::of(error, "cannot record the attempt");
    let id = bytes(attempt.id.to_u128());
    let recorded = sqlx::query!("INSERT INTO attempts (id, begun_at) VALUES (?1, ?2)", id, now);
    recorded.execute(&mut *tx).await.map_err(cannot)?;
    Ok(())
}

/// Says whether a transaction was rolled back by us. If SQLite did so before, as on a full disk, the driver goes on
/// counting it as open and refuses every later one on the connection.
async fn has_rolled_back(tx: Transaction<'_, Sqlite>, until: Instant) -> bool {
    matches!(timeout_at(until, tx.rollback()).await, Ok(Ok(())))
}

fn too_late(late: Elapsed) -> sqlx::Error {
    sqlx::Error::Io(late.into())
}

#[cfg(test)]
mod tests;
