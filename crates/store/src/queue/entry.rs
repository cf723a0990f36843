//! What waits, and how much of it a batch takes.

use hongbao_domain::store::{Batch, Command, Keys, Outcome};
use hongbao_ports::Fault;
use tokio::sync::oneshot;
use tracing::Span;

/// A command, and where its outcome goes.
pub(crate) struct Entry {
    pub(crate) command: Command,
    pub(crate) answer: oneshot::Sender<Result<Outcome, Fault>>,
    pub(super) keys: Keys,
    pub(super) trace: WriteTrace,
}

/// Where the time of a command goes: waiting, then at the database. None of it where its caller belongs to no trace.
pub(crate) struct WriteTrace {
    pub(super) write: Span,
    /// It ends when the command is taken.
    pub(super) queue: Span,
}

impl WriteTrace {
    /// Begins to wait, within what the caller does.
    pub(super) fn begin(write: Span) -> Self {
        let queue = hongbao_traces::within(&write, "queue");
        Self { write, queue }
    }

    /// Ends the wait, and begins what the database does.
    pub(super) fn taken(self) -> Span {
        drop(self.queue);
        hongbao_traces::within(&self.write, "database")
    }
}

/// A batch, and where the outcomes of its commands go.
#[derive(Default)]
pub(crate) struct Taken {
    pub(crate) batch: Batch,
    pub(crate) waiting: Vec<oneshot::Sender<Result<Outcome, Fault>>>,
    /// What the database does, in the trace of each caller that has one.
    pub(crate) traces: Vec<Span>,
}

/// How much one batch takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The most commands.
    pub(crate) commands: usize,
    /// The most rows that they name, unless a single command names more.
    pub(crate) rows: usize,
}
