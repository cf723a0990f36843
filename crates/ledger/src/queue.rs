//! The bounded queue between callers and batches.
//!
//! Batches of one server never wait for each other's locks: a command that names what another batch holds stays in the
//! queue until that batch is done, and so do later ones that name the same. And a batch begins beside another only when
//! it is worth its statements, or when the other takes long. Nothing but speed hangs on all this: servers do not know of
//! each other's batches, and the store's locks and versions are what keeps them apart.

mod writer;

use std::{
    collections::VecDeque,
    iter, slice,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hongbao_domain::ledger::{Command, Keys, Outcome};
use hongbao_ports::Fault;
use tokio::{
    sync::{Notify, oneshot},
    time::Instant,
};

pub(crate) use writer::Writer;

/// How many commands make a batch beside another worth its statements. Fewer are done sooner in the next batch, together,
/// where processors are scarce.
const CROWD: usize = 32;

/// After this a batch takes long: it waits for somebody, or the database is far away. Others do not wait for its end.
const LONG: Duration = Duration::from_millis(20);

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
    /// The running batch of each writer.
    running: Vec<Option<Running>>,
    /// A writer looks again soon, whatever comes.
    is_watched: bool,
    is_closed: bool,
}

struct Running {
    names: Keys,
    since: Instant,
}

impl Queue {
    /// Makes a queue for at most `limit` waiting commands, and a number of writers.
    pub(crate) fn new(limit: usize, writers: usize) -> Self {
        let running = iter::repeat_with(|| None).take(writers).collect();
        let state = State { waiting: VecDeque::new(), running, is_watched: false, is_closed: false };
        Self { state: Mutex::new(state), changed: Notify::new(), limit }
    }

    /// Nothing panics while the lock is held. If it did, the callers of what is lost would hear that it is unresolved.
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
        let is_free = state.is_free(&entry.keys);
        state.waiting.push_back(entry);
        // What has to wait for a batch is found by that batch's writer, who looks again when it is done. What only has to
        // wait for a crowd, or for long enough, is watched by one writer.
        let is_news = !state.is_watched || state.waiting.len() >= CROWD;
        drop(state);
        if is_free && is_news {
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

impl State {
    /// Says whether no running batch names any of these.
    fn is_free(&self, keys: &Keys) -> bool {
        !self.running.iter().flatten().any(|batch| keys.meets(&batch.names))
    }

    fn last_begun(&self) -> Option<Instant> {
        self.running.iter().flatten().map(|batch| batch.since).max()
    }

    /// Says until when what waits should leave the running batches alone; `None`: no longer.
    fn not_before(&self, now: Instant) -> Option<Instant> {
        let is_too_few = !self.waiting.is_empty() && self.waiting.len() < CROWD && !self.is_closed;
        self.last_begun().map(|begun| begun + LONG).filter(|then| is_too_few && now < *then)
    }

    /// Takes what names nothing that another batch holds, and lets nobody overtake who waits for the same. It passes as many
    /// by as it may take, and no more.
    ///
    /// A command whose caller went away before its batch began is dropped: nobody was promised anything.
    fn take(&mut self, writer: usize, limit: usize) -> Vec<Entry> {
        let (mut batch, mut passed, mut left) = (Vec::new(), Keys::default(), VecDeque::new());
        while batch.len() < limit
            && left.len() < limit
            && let Some(entry) = self.waiting.pop_front()
        {
            if entry.answer.is_closed() {
                continue;
            }
            if self.is_free(&entry.keys) && !entry.keys.meets(&passed) {
                batch.push(entry);
            } else {
                passed.extend(&entry.keys);
                left.push_back(entry);
            }
        }
        left.append(&mut self.waiting);
        self.waiting = left;
        if !batch.is_empty() {
            let mut names = Keys::default();
            for Entry { keys, .. } in &batch {
                names.extend(keys);
            }
            self.running[writer] = Some(Running { names, since: Instant::now() });
        }
        batch
    }
}

#[cfg(test)]
mod tests;
