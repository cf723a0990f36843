//! A writer's place at the queue: where batches are taken, and where they end.

use std::sync::Arc;

use tokio::time::{Instant, timeout_at};

use super::{Limits, Queue, Taken};

/// A writer's place at the queue.
pub(crate) struct Writer {
    queue: Arc<Queue>,
    number: usize,
}

impl Writer {
    /// Gives the place with that number, which is less than the number of writers.
    pub(crate) fn new(queue: Arc<Queue>, number: usize) -> Self {
        Self { queue, number }
    }

    /// Ends the last batch, waits for commands and takes all that can run now within `limits`; none means that this
    /// writer's work is over.
    pub(crate) async fn take(&self, limits: Limits) -> Taken {
        let queue = &self.queue;
        queue.state().running[self.number] = None;
        loop {
            let changed = queue.changed.notified();
            let (taken, is_over, is_more, not_before) = {
                let mut state = queue.state();
                let not_before = state.not_before(Instant::now());
                let taken = if not_before.is_none() { state.take(self.number, limits) } else { Taken::default() };
                state.is_watched = not_before.is_some();
                (taken, state.is_closed, !state.waiting.is_empty(), not_before)
            };
            if !taken.batch.is_empty() || is_over {
                // What waits may be for another writer.
                if is_more {
                    queue.changed.notify_one();
                }
                return taken;
            }
            match not_before {
                // Whatever comes first.
                Some(then) => drop(timeout_at(then, changed).await),
                None => changed.await,
            }
        }
    }
}

/// Whatever ends a writer, no command waits for its batch any more.
impl Drop for Writer {
    fn drop(&mut self) {
        let mut state = self.queue.state();
        state.running[self.number] = None;
        state.is_watched = false;
        drop(state);
        self.queue.changed.notify_one();
    }
}
