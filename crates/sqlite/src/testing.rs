//! What the tests of this crate share.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use hongbao_domain::{
    store::{Command, Verb},
    time::Timestamp,
    user::{AddUser, UserStatus},
};
use hongbao_ports::{Clock, Ids};
use hongbao_store::{Attempt, Store};
use tokio::time::Instant;

/// Far from the numbers that tests write down.
static NEXT: AtomicU64 = AtomicU64::new(1 << 40);

/// Names that are fresh in one process.
struct Fresh;

impl Ids for Fresh {
    fn fresh(&self) -> u128 {
        NEXT.fetch_add(1, Ordering::Relaxed).into()
    }
}

impl crate::SqliteStore {
    /// Runs one command as a batch of its own.
    pub(crate) async fn submit<V: Verb>(&self, verb: V) -> Result<V::Done, V::Refusal> {
        let until = Instant::now() + Duration::from_secs(5);
        let attempt = Attempt { id: self.ids.attempt(), until };
        let command = Command { id: self.ids.command(), request: None, action: verb.into() };
        let mut outcomes = self.commit(attempt, &vec![command].into()).await.unwrap();
        V::answer(outcomes.remove(0)).unwrap()
    }

    /// Adds a user whom others may add as a friend.
    pub(crate) async fn add_user(&self, name: &str) {
        let status = UserStatus { is_active: true, takes_friend_requests: true };
        self.submit(AddUser { user: name.parse().unwrap(), status }).await.unwrap();
    }

    /// Begins a transaction that writes.
    pub(crate) async fn begin(&self) -> Result<sqlx::SqliteTransaction<'static>, hongbao_ports::Fault> {
        let begun = self.writer.begin_with("BEGIN IMMEDIATE").await;
        begun.map_err(|error| crate::fault::of(error, "cannot begin the transaction"))
    }
}

/// A clock that stands still.
pub(crate) struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(7)
    }
}

/// Gives names that are fresh in one process.
pub(crate) fn ids() -> Arc<dyn Ids> {
    Arc::new(Fresh)
}
