//! The reference store: everything in memory, one command after the other.
//!
//! It shows how little an adapter decides, and is a fast fake where nothing needs to last. It keeps what it is given
//! as it is, session keys too, and never faults.

mod contacts;
mod groups;
mod ledger;
mod listings;
mod people;
mod profiles;
mod readiness;
mod retention;
mod rows;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard},
};

use hongbao_domain::ledger::{Command, Verb};
use hongbao_ports::{Clock, Failure, Ids};
use rows::Rows;
use tokio::task::yield_now;

/// A store in memory, for tests.
pub struct MemoryStore {
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    rows: Mutex<Rows>,
}

impl MemoryStore {
    /// Makes an empty store.
    pub fn new(clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        Self { clock, ids, rows: Mutex::default() }
    }

    /// Runs one command. Others may run before it, as with a store that waits for its disk.
    async fn run<V: Verb + Send>(&self, action: V) -> Result<V::Done, Failure<V::Refusal>> {
        yield_now().await;
        let command = Command { id: self.ids.command(), request: None, action: action.into() };
        let outcome = {
            let mut rows = self.rows();
            rows.apply(&command, self.clock.now())
        };
        let answer = V::answer(outcome).expect("a command answers for its own action");
        answer.map_err(Failure::Refused)
    }

    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().expect("whoever held the rows did not panic")
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}
