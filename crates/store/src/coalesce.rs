//! Questions of one kind that arrive together share one statement.
//!
//! Every request begins with some. There are no timers: a lone question is asked at once, and what arrives while a
//! statement is under way waits for the next. So an answer is never older than its question.

use std::{
    collections::HashMap,
    hash::Hash,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::future::BoxFuture;
use hongbao_ports::Fault;
use tokio::{sync::oneshot, time::timeout};

/// What is found about one key.
pub type Answer<V> = Result<Option<V>, Fault>;

/// Finds the values of many keys in one statement on a store.
pub type Find<S, K, V> = for<'a> fn(&'a S, &'a [K]) -> BoxFuture<'a, Result<HashMap<K, V>, Fault>>;

/// Says of the keys that stand at the found places that they are there. The first place is counted as `first`.
#[must_use]
pub fn at<K: Copy + Eq + Hash>(keys: &[K], places: impl IntoIterator<Item = i64>, first: i64) -> HashMap<K, bool> {
    let found = places.into_iter().filter_map(|place| keys.get(usize::try_from(place - first).ok()?));
    found.map(|key| (*key, true)).collect()
}

/// The most keys in one statement.
const LIMIT: usize = 1000;

/// Questions that wait for the next statement. A clone is the same.
pub struct Coalescer<K, V>(Arc<Mutex<Waiting<K, V>>>);

struct Waiting<K, V> {
    entries: Vec<(K, oneshot::Sender<Answer<V>>)>,
    /// Whether a task asks, and will look again at what waits.
    is_asking: bool,
}

impl<K, V> Default for Waiting<K, V> {
    fn default() -> Self {
        Self { entries: Vec::new(), is_asking: false }
    }
}

impl<K, V> Default for Coalescer<K, V> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K, V> Clone for Coalescer<K, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K, V> Coalescer<K, V> {
    fn lock(&self) -> MutexGuard<'_, Waiting<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a question and says whether the caller has to start asking.
    fn queue(&self, key: K) -> (oneshot::Receiver<Answer<V>>, bool) {
        let (sender, receiver) = oneshot::channel();
        let mut waiting = self.lock();
        waiting.entries.push((key, sender));
        let starts = !mem::replace(&mut waiting.is_asking, true);
        (receiver, starts)
    }

    /// Takes those who wait; none means that asking is over.
    fn take(&self) -> Vec<(K, oneshot::Sender<Answer<V>>)> {
        let mut waiting = self.lock();
        // A caller that went away is not asked for.
        waiting.entries.retain(|(_, answer)| !answer.is_closed());
        let count = waiting.entries.len().min(LIMIT);
        waiting.is_asking = count > 0;
        waiting.entries.drain(..count).collect()
    }
}

impl<K, V> Coalescer<K, V>
where
    K: Eq + Hash + Send + Sync + 'static,
    V: Copy + Send + Sync + 'static,
{
    /// Asks about one key, together with all others who ask, and waits at most `limit`.
    ///
    /// # Errors
    ///
    /// The fault of `find`; unavailable, if there is no answer in time.
    pub async fn ask<S>(&self, store: &S, key: K, find: Find<S, K, V>, limit: Duration) -> Answer<V>
    where
        S: Clone + Send + Sync + 'static,
    {
        let (answer, starts) = self.queue(key);
        if starts {
            // Not by the caller, who may go away in the middle.
            let (coalescer, store) = (self.clone(), store.clone());
            tokio::spawn(async move { coalescer.run(&store, find).await });
        }
        // A question that waits for the next statement does not wait for two.
        let late = |late| Fault::unavailable("cannot look it up in time").because(late);
        let answer = timeout(limit, answer).await.map_err(late)?;
        answer.unwrap_or_else(|lost| Err(Fault::unavailable("cannot look it up").because(lost)))
    }

    async fn run<S>(&self, store: &S, find: Find<S, K, V>) {
        let mut asking = Asking { coalescer: self, is_over: false };
        loop {
            let entries = self.take();
            if entries.is_empty() {
                asking.is_over = true;
                return;
            }
            let (keys, senders): (Vec<_>, Vec<_>) = entries.into_iter().unzip();
            let found = find(store, &keys).await;
            for (key, sender) in keys.iter().zip(senders) {
                // A caller that went away is not told.
                drop(sender.send(found.as_ref().map(|values| values.get(key).copied()).map_err(Fault::clone)));
            }
        }
    }
}

/// Lets others ask if this one never comes to its end: it panicked, or the runtime ends.
struct Asking<'a, K, V> {
    coalescer: &'a Coalescer<K, V>,
    is_over: bool,
}

impl<K, V> Drop for Asking<'_, K, V> {
    fn drop(&mut self) {
        if !self.is_over {
            *self.coalescer.lock() = Waiting::default();
        }
    }
}
