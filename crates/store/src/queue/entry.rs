//! What waits, and how much of it a batch takes.

use hongbao_domain::store::{Batch, Command, Keys, Outcome};
use hongbao_ports::Fault;
use tokio::sync::oneshot;

/// A command, and where its outcome goes.
pub(crate) struct Entry {
    pub(crate) command: Command,
    pub(crate) answer: oneshot::Sender<Result<Outcome, Fault>>,
    pub(super) keys: Keys,
}

/// A batch, and where the outcomes of its commands go.
#[derive(Default)]
pub(crate) struct Taken {
    pub(crate) batch: Batch,
    pub(crate) waiting: Vec<oneshot::Sender<Result<Outcome, Fault>>>,
}

/// How much one batch takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The most commands.
    pub(crate) commands: usize,
    /// The most rows that they name, unless a single command names more.
    pub(crate) rows: usize,
}
