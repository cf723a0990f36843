//! Who may use the only connection that writes, and when.
//!
//! SQLite has one writer at a time. Batches go first: all else queues among itself, so that a batch waits for at most one
//! other transaction, however many there are.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use hongbao_metrics::Histogram;
use hongbao_ports::Fault;
use sqlx::{Sqlite, SqlitePool, pool::PoolConnection};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, timeout_at},
};

use crate::fault;

/// A kind of transaction that writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// A batch, or a question about an attempt.
    Batch,
    /// A step of a sweep, a probe, the mark of a new store.
    Background,
}

/// The turns of what is no batch.
pub(crate) struct Lanes {
    background: Semaphore,
    /// When the last transaction was seen to commit.
    committed: Mutex<Option<Instant>>,
    /// How long transactions waited for the connection.
    pub(crate) waits: Histogram,
}

impl Lanes {
    pub(crate) fn new() -> Self {
        Self { background: Semaphore::new(1), committed: Mutex::new(None), waits: Histogram::of_durations() }
    }

    /// Waits for the turn of one attempt.
    async fn turn(&self, lane: Lane) -> Option<SemaphorePermit<'_>> {
        match lane {
            Lane::Batch => None,
            Lane::Background => Some(self.background.acquire().await.expect("turns are never closed")),
        }
    }

    /// Lends the connection that writes, and gives up waiting for it at `until`.
    pub(crate) async fn lend(&self, writer: &SqlitePool, lane: Lane, until: Instant) -> Result<Lent<'_>, Fault> {
        let lend = async {
            let turn = self.turn(lane).await;
            let connection = writer.acquire().await;
            let connection = connection.map_err(|error| fault::of(error, "cannot open the store for writing"))?;
            Ok(Lent { connection, is_clean: true, _turn: turn })
        };
        let refuse = |elapsed| Err(Fault::unavailable("cannot get a turn to write in time").because(elapsed));
        let begun = Instant::now();
        let outcome = timeout_at(until, lend).await.unwrap_or_else(refuse);
        self.waits.observe_duration(begun.elapsed());
        outcome
    }

    /// Notes that a transaction has just been committed.
    pub(crate) fn note_commit(&self) {
        *self.committed.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Says whether a transaction was committed in the last `span`.
    pub(crate) fn has_committed_within(&self, span: Duration) -> bool {
        let committed = *self.committed.lock().unwrap_or_else(PoisonError::into_inner);
        committed.is_some_and(|committed| committed.elapsed() <= span)
    }
}

/// The connection that writes, for one transaction. It is closed when it comes back, unless that has ended in order.
pub(crate) struct Lent<'store> {
    pub(crate) connection: PoolConnection<Sqlite>,
    /// Whether no transaction can be open on it.
    pub(crate) is_clean: bool,
    _turn: Option<SemaphorePermit<'store>>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if !self.is_clean {
            self.connection.close_on_drop();
        }
    }
}

#[cfg(test)]
mod tests;
