//! The reference store: the book over maps.
//!
//! It shows how little a store does, and is a fast fake where nothing needs to last. It never faults.

mod audit;
mod progress;
mod queries;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard},
};

use async_trait::async_trait;
use hongbao_domain::store::{Batch, Outcome, Tables};
use hongbao_ports::{Clock, Fault};
use hongbao_store::{Attempt, CommitError, Store};
use tokio::task::yield_now;

/// A store in memory, for tests.
pub struct MemoryStore {
    clock: Arc<dyn Clock>,
    rows: Mutex<Tables>,
}

impl MemoryStore {
    /// Makes an empty store.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, rows: Mutex::default() }
    }

    fn rows(&self) -> MutexGuard<'_, Tables> {
        self.rows.lock().expect("no holder of the rows has panicked")
    }
}

#[async_trait]
impl Store for MemoryStore {
    /// Runs a batch. Others may run before it, as with a store that waits for its disk.
    async fn commit(&self, _: Attempt, batch: &Batch) -> Result<Vec<Outcome>, CommitError<Vec<Outcome>>> {
        yield_now().await;
        let clock = self.clock.now();
        Ok(self.rows().run(batch, clock))
    }

    async fn was_committed(&self, _: Attempt) -> Result<bool, Fault> {
        Err(Fault::internal("no commit of this store is ever lost"))
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}
