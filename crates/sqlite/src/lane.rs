//! Who may use the only connection that writes, and when.
//!
//! SQLite has one writer at a time. Money goes first: each kind of other step queues among itself, so that a batch waits
//! for at most one step of each kind, however many there are.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use hongbao_ports::Fault;
use sqlx::{Sqlite, pool::PoolConnection};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, timeout_at},
};

use crate::{SqliteStore, fault};

/// A kind of transaction that writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// A batch, or a question about an attempt.
    Batch,
    /// A step that begins something. One more than the bound is refused at once.
    Request,
    /// A step that ends what another began, a step of a sweep or a probe. It always has a place: there are no more of them
    /// than of what they end.
    Reserved,
}

/// The places and turns of the steps that are no batches.
pub(crate) struct Lanes {
    places: Semaphore,
    request: Semaphore,
    reserved: Semaphore,
    /// When the last transaction was seen to commit.
    committed: Mutex<Option<Instant>>,
}

impl Lanes {
    /// Makes lanes where at most so many requests run or wait.
    pub(crate) fn new(requests: usize) -> Self {
        Self {
            places: Semaphore::new(requests.min(Semaphore::MAX_PERMITS)),
            request: Semaphore::new(1),
            reserved: Semaphore::new(1),
            committed: Mutex::new(None),
        }
    }

    /// Takes a place for a whole step with its repeats. Overload is answered at once, never queued without end.
    pub(crate) fn enter(&self, lane: Lane) -> Result<Option<SemaphorePermit<'_>>, Fault> {
        match lane {
            Lane::Batch | Lane::Reserved => Ok(None),
            Lane::Request => {
                let full = |full| Fault::unavailable("cannot queue the step: too many are waiting").because(full);
                self.places.try_acquire().map(Some).map_err(full)
            }
        }
    }

    /// Waits for the turn of one attempt.
    async fn turn(&self, lane: Lane) -> Option<SemaphorePermit<'_>> {
        let turns = match lane {
            Lane::Batch => return None,
            Lane::Request => &self.request,
            Lane::Reserved => &self.reserved,
        };
        Some(turns.acquire().await.expect("turns are never closed"))
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

impl SqliteStore {
    /// Lends the connection that writes, and gives up waiting for it at `until`.
    pub(crate) async fn lend_writer(&self, lane: Lane, until: Instant) -> Result<Lent<'_>, Fault> {
        let lend = async {
            let turn = self.lanes.turn(lane).await;
            let connection = self.writer.acquire().await;
            let connection = connection.map_err(|error| fault::of(error, "cannot open the store for writing"))?;
            Ok(Lent { connection, is_clean: true, _turn: turn })
        };
        let refuse = |elapsed| Err(Fault::unavailable("cannot get a turn to write in time").because(elapsed));
        timeout_at(until, lend).await.unwrap_or_else(refuse)
    }
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
