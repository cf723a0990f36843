//! The bounded queue between callers and batches.
//!
//! Batches of one server never wait for each other's locks: a command that names what another batch holds stays in the
//! queue until that batch is done, and so do later ones that name the same. Nothing but speed hangs on this: servers do
//! not know of each other's batches, and the store's locks and versions are what keeps them apart.

use std::{
    collections::VecDeque,
    slice,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use hongbao_domain::ledger::{Command, Keys, Outcome};
use hongbao_ports::Fault;
use tokio::sync::{Notify, oneshot};

/// How many commands at most are looked at for one batch, as a multiple of its size.
const LOOK: usize = 4;

/// A command and whoever waits for its outcome.
pub(crate) struct Entry {
    pub(crate) command: Command,
    pub(crate) answer: oneshot::Sender<Result<Outcome, Fault>>,
    keys: Keys,
}

/// Commands that wait for a batch.
pub(crate) struct Queue {
    state: Mutex<State>,
    changed: Notify,
    limit: usize,
}

struct State {
    waiting: VecDeque<Entry>,
    /// What the running batch of each writer names.
    held: Vec<Keys>,
    is_closed: bool,
}

impl Queue {
    /// Makes a queue for at most `limit` waiting commands, and a number of writers.
    pub(crate) fn new(limit: usize, writers: usize) -> Self {
        let held = vec![Keys::default(); writers];
        let state = State { waiting: VecDeque::new(), held, is_closed: false };
        Self { state: Mutex::new(state), changed: Notify::new(), limit }
    }

    /// Nothing panics while the lock is held, and if it did, the entries would still be whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a command into the next batch and waits for its outcome.
    ///
    /// A full queue refuses at once: overload is answered, never queued without end.
    pub(crate) async fn submit(&self, command: Command) -> Result<Outcome, Fault> {
        let (answer, outcome) = oneshot::channel();
        let keys = Keys::of(slice::from_ref(&command));
        self.push(Entry { command, answer, keys })?;
        outcome.await.unwrap_or_else(|lost| Err(Fault::unresolved("cannot learn the command's outcome").because(lost)))
    }

    fn push(&self, entry: Entry) -> Result<(), Fault> {
        let mut state = self.state();
        if state.is_closed {
            return Err(Fault::unavailable("cannot queue the command: the ledger is closed"));
        }
        if state.waiting.len() >= self.limit {
            return Err(Fault::unavailable("cannot queue the command: too many are waiting"));
        }
        let can_run = !state.held.iter().any(|held| entry.keys.meets(held));
        state.waiting.push_back(entry);
        drop(state);
        // One that has to wait for a batch is found by that batch's writer, who looks again when it is done.
        if can_run {
            self.changed.notify_one();
        }
        Ok(())
    }

    /// Takes no more commands; what waits is still run.
    pub(crate) fn close(&self) {
        self.state().is_closed = true;
        self.changed.notify_waiters();
    }
}

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

    /// Ends the last batch, waits for commands and takes all that can run now, at most `limit`; none means that this
    /// writer's work is over.
    pub(crate) async fn take(&self, limit: usize) -> Vec<Entry> {
        let queue = &self.queue;
        queue.state().held[self.number] = Keys::default();
        loop {
            let changed = queue.changed.notified();
            let (batch, is_over, is_more) = {
                let mut state = queue.state();
                let batch = state.take(self.number, limit);
                (batch, state.is_closed, !state.waiting.is_empty())
            };
            if !batch.is_empty() || is_over {
                // What waits may be for another writer.
                if is_more {
                    queue.changed.notify_one();
                }
                return batch;
            }
            changed.await;
        }
    }
}

/// Whatever ends a writer, nobody waits for its batch any more.
impl Drop for Writer {
    fn drop(&mut self) {
        self.queue.state().held[self.number] = Keys::default();
        self.queue.changed.notify_one();
    }
}

impl State {
    /// Takes what names nothing that another batch holds, and lets nobody overtake who waits for the same.
    ///
    /// A command whose caller went away before its batch began is dropped: nobody was promised anything.
    fn take(&mut self, writer: usize, limit: usize) -> Vec<Entry> {
        let (mut batch, mut passed, mut left) = (Vec::new(), Keys::default(), VecDeque::new());
        while batch.len() < limit
            && left.len() < limit * LOOK
            && let Some(entry) = self.waiting.pop_front()
        {
            if entry.answer.is_closed() {
                continue;
            }
            if passed.meets(&entry.keys) || self.held.iter().any(|held| entry.keys.meets(held)) {
                passed.extend(&entry.keys);
                left.push_back(entry);
            } else {
                batch.push(entry);
            }
        }
        left.append(&mut self.waiting);
        self.waiting = left;
        for entry in &batch {
            self.held[writer].extend(&entry.keys);
        }
        batch
    }
}

#[cfg(test)]
mod tests;
