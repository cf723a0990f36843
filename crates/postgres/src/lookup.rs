//! Session lookups that arrive together share one statement.
//!
//! Every request begins with one. There are no timers: a lone lookup asks at once, and what arrives while a statement
//! is under way waits for the next.

use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use hongbao_domain::id::UserId;
use hongbao_ports::Fault;
use tokio::{sync::oneshot, time::timeout};

use crate::{PostgresStore, fault, row};

/// The SHA-256 of a session key.
pub(crate) type Digest = Vec<u8>;

type Answer = Result<Option<UserId>, Fault>;

/// The most keys in one statement.
const LIMIT: usize = 1000;

/// Lookups that wait for the next statement.
#[derive(Clone, Default)]
pub(crate) struct Lookups(Arc<Mutex<Waiting>>);

#[derive(Default)]
struct Waiting {
    entries: Vec<(Digest, oneshot::Sender<Answer>)>,
    /// Whether somebody asks, and will look again at who waits.
    is_asking: bool,
}

impl Lookups {
    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a lookup and says whether the caller has to start asking.
    fn queue(&self, key: Digest) -> (oneshot::Receiver<Answer>, bool) {
        let (sender, receiver) = oneshot::channel();
        let mut waiting = self.lock();
        waiting.entries.push((key, sender));
        let starts = !mem::replace(&mut waiting.is_asking, true);
        (receiver, starts)
    }

    /// Takes those who wait; none means that asking is over.
    fn take(&self) -> Vec<(Digest, oneshot::Sender<Answer>)> {
        let mut waiting = self.lock();
        let count = waiting.entries.len().min(LIMIT);
        waiting.is_asking = count > 0;
        waiting.entries.drain(..count).collect()
    }
}

/// Gives the user of a session that is alive.
pub(crate) async fn user_of(store: &PostgresStore, key: Digest) -> Answer {
    let (answer, starts) = store.lookups.queue(key);
    if starts {
        // Not by the caller, who may go away in the middle.
        let store = store.clone();
        tokio::spawn(async move { ask(&store).await });
    }
    // Whoever waits for the next statement does not wait for two.
    let answer = timeout(store.patience, answer).await;
    let late = |late| Fault::unavailable("cannot look up the session in time").because(late);
    answer.map_err(late)?.unwrap_or_else(|lost| Err(Fault::unavailable("cannot look up the session").because(lost)))
}

async fn ask(store: &PostgresStore) {
    let mut asking = Asking { lookups: &store.lookups, is_over: false };
    loop {
        let entries = store.lookups.take();
        if entries.is_empty() {
            asking.is_over = true;
            return;
        }
        let (keys, senders): (Vec<_>, Vec<_>) = entries.into_iter().unzip();
        let found = find(store, &keys).await;
        for (key, sender) in keys.iter().zip(senders) {
            // Whoever went away is not told.
            drop(sender.send(found.as_ref().map(|users| users.get(key).copied()).map_err(Fault::clone)));
        }
    }
}

/// Lets others ask if this one never comes to its end: it panicked, or the runtime ends.
struct Asking<'store> {
    lookups: &'store Lookups,
    is_over: bool,
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            *self.lookups.lock() = Waiting::default();
        }
    }
}

async fn find(store: &PostgresStore, keys: &[Digest]) -> Result<HashMap<Digest, UserId>, Fault> {
    store
        .read(|mut tx| {
            Box::pin(async move {
                let now = tx.given_now();
                let rows = sqlx::query!(
                    "SELECT s.key_sha256, u.id
                    FROM sessions AS s
                    JOIN users AS u ON u.id = s.user_id
                    WHERE s.key_sha256 = ANY($1)
                        AND s.expires_at > coalesce($2, (extract(epoch FROM clock_timestamp()) * 1000000)::BIGINT)
                        AND u.is_active",
                    keys,
                    now
                )
                .fetch_all(&mut *tx)
                .await
                .map_err(|error| fault::of(error, "cannot look up the sessions"))?;
                rows.into_iter().map(|found| Ok((found.key_sha256, row::id(&found.id, "a user id")?))).collect()
            })
        })
        .await
}
