//! The bounded queue between callers and batches.
//!
//! Batches of one server never wait for each other's locks: a command that names what another batch holds stays in the
//! queue until that batch is done, and so do later ones that name the same. And a batch begins beside another only when
//! it is worth its statements, or when the other takes long. Nothing but speed hangs on all this: servers do not know of
//! each other's batches, and the store's locks and versions are what keeps them apart.
//!
//! The queue has lanes. What waits is bounded for new work only: each second step belongs to a saga whose first one was
//! taken, and sweeps bound themselves.

mod entry;
mod lanes;
mod writer;

use std::{
    iter, slice,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hongbao_domain::store::{Batch, Command, Keys, Lane, Outcome};
use hongbao_metrics::Counter;
use hongbao_ports::Fault;
use tokio::{
    sync::{Notify, oneshot},
    time::Instant,
};

use self::lanes::Lanes;
pub(crate) use self::{
    entry::{Entry, Limits, Taken, WriteTrace},
    writer::Writer,
};

/// How many commands make a batch beside another worth its statements. Fewer are done sooner in the next batch, together,
/// where processors are scarce.
const CROWD: usize = 32;

/// After this a batch takes long: it waits for another writer, or the database is far away. Others do not wait for its
/// end.
const LONG: Duration = Duration::from_millis(20);

/// Commands that wait for a batch.
pub(crate) struct Queue {
    state: Mutex<State>,
    changed: Notify,
    limit: usize,
    refused: Counter,
}

struct State {
    waiting: Lanes,
    /// The running batch of each writer.
    running: Vec<Option<Running>>,
    /// A writer looks again soon, whatever comes.
    is_watched: bool,
    is_closed: bool,
}

struct Running {
    names: Arc<Keys>,
    since: Instant,
}

impl Queue {
    /// Makes a queue for at most `limit` waiting commands that begin something, and a number of writers.
    pub(crate) fn new(limit: usize, writers: usize) -> Self {
        let running = iter::repeat_with(|| None).take(writers).collect();
        let state = State { waiting: Lanes::default(), running, is_watched: false, is_closed: false };
        Self { state: Mutex::new(state), changed: Notify::new(), limit, refused: Counter::default() }
    }

    /// Nothing panics while the lock is held. If it did, the callers of what is lost would hear that it is unresolved.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a command into the next batch and waits for its outcome.
    ///
    /// A full queue refuses what is new at once: overload is answered, never queued without end. What was begun has room.
    pub(crate) async fn submit(&self, command: Command) -> Result<Outcome, Fault> {
        let (answer, outcome) = oneshot::channel();
        let keys = Keys::of(slice::from_ref(&command));
        let write = hongbao_traces::step("write", command.action.name());
        let trace = WriteTrace::begin(write.clone());
        self.push(Entry { command, answer, keys, trace })?;
        outcome.await.unwrap_or_else(|lost| Err(Fault::unresolved("cannot learn the command's outcome").because(lost)))
    }

    fn push(&self, entry: Entry) -> Result<(), Fault> {
        let mut state = self.state();
        if state.is_closed {
            return Err(Fault::unavailable("cannot queue the command: the store is being closed"));
        }
        let lane = entry.command.action.lane();
        if lane == Lane::New && state.waiting.count(lane) >= self.limit {
            self.refused.increment();
            return Err(Fault::unavailable("cannot queue the command: too many are waiting"));
        }
        let is_free = is_free(&state.running, &entry.keys);
        state.waiting.push(lane, entry);
        // What has to wait for a batch is found by that batch's writer, who looks again when it is done. What only has to
        // wait for a crowd, or for long enough, is watched by one writer.
        let is_news = !state.is_watched || state.waiting.len() >= CROWD;
        drop(state);
        if is_free && is_news {
            self.changed.notify_one();
        }
        Ok(())
    }

    /// Gives how many commands wait, lane by lane.
    pub(crate) fn waiting(&self) -> [(Lane, usize); 3] {
        let state = self.state();
        Lane::ALL.map(|lane| (lane, state.waiting.count(lane)))
    }

    /// Gives how many commands were refused because too many waited.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.read()
    }

    /// Takes no more commands; what waits is still run.
    pub(crate) fn close(&self) {
        self.state().is_closed = true;
        self.changed.notify_waiters();
    }
}

/// Says whether no running batch names any of these.
fn is_free(running: &[Option<Running>], keys: &Keys) -> bool {
    !running.iter().flatten().any(|batch| keys.meets(&batch.names))
}

impl State {
    fn last_begun(&self) -> Option<Instant> {
        self.running.iter().flatten().map(|batch| batch.since).max()
    }

    /// Says until when what waits should leave the running batches alone; `None`: no longer.
    fn not_before(&self, now: Instant) -> Option<Instant> {
        let is_too_few = !self.waiting.is_empty() && self.waiting.len() < CROWD && !self.is_closed;
        self.last_begun().map(|begun| begun + LONG).filter(|then| is_too_few && now < *then)
    }

    /// Takes what names nothing that another batch holds.
    fn take(&mut self, writer: usize, limits: Limits) -> Taken {
        let Self { waiting, running, .. } = self;
        let entries = waiting.take(limits, |keys| is_free(running, keys)).into_iter();
        let (mut commands, mut waiting, mut traces) = (Vec::new(), Vec::new(), Vec::new());
        for Entry { command, answer, keys, trace } in entries {
            commands.push((command, keys));
            waiting.push(answer);
            let trace = trace.taken();
            if !trace.is_disabled() {
                traces.push(trace);
            }
        }
        let batch: Batch = commands.into_iter().collect();
        if !batch.is_empty() {
            self.running[writer] = Some(Running { names: Arc::clone(batch.keys()), since: Instant::now() });
        }
        Taken { batch, waiting, traces }
    }
}

#[cfg(test)]
mod tests;
