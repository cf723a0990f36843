//! The bounded queue between callers and batches.

use hongbao_domain::ledger::{Command, Outcome};
use hongbao_ports::Fault;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// A command and whoever waits for its outcome.
pub(crate) struct Entry {
    pub(crate) command: Command,
    pub(crate) answer: oneshot::Sender<Result<Outcome, Fault>>,
}

/// The callers' end.
pub(crate) struct Queue {
    entries: mpsc::Sender<Entry>,
}

/// The batches' end, shared by all writers.
pub(crate) struct Backlog {
    entries: Mutex<mpsc::Receiver<Entry>>,
    closing: CancellationToken,
}

/// Makes a queue for at most `limit` waiting commands. After `closing` it takes no more, and what waits is still run.
pub(crate) fn queue(limit: usize, closing: CancellationToken) -> (Queue, Backlog) {
    let (sender, receiver) = mpsc::channel(limit);
    (Queue { entries: sender }, Backlog { entries: Mutex::new(receiver), closing })
}

impl Queue {
    /// Puts a command into the next batch and waits for its outcome.
    ///
    /// A full queue refuses at once: overload is answered, never queued without end.
    pub(crate) async fn submit(&self, command: Command) -> Result<Outcome, Fault> {
        let (answer, outcome) = oneshot::channel();
        self.entries.try_send(Entry { command, answer }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Fault::unavailable("cannot queue the command: too many are waiting"),
            mpsc::error::TrySendError::Closed(_) => {
                Fault::unavailable("cannot queue the command: the ledger is closed")
            }
        })?;
        outcome.await.unwrap_or_else(|lost| Err(Fault::unresolved("cannot learn the command's outcome").because(lost)))
    }
}

impl Backlog {
    /// Waits for commands and takes all that are there, at most `limit`; none means that the queue is closed.
    ///
    /// A command whose caller went away before its batch began is dropped: nobody was promised anything.
    pub(crate) async fn take(&self, limit: usize) -> Vec<Entry> {
        let mut entries = self.entries.lock().await;
        let mut batch = Vec::new();
        while batch.is_empty() {
            let taken = tokio::select! {
                biased;
                taken = entries.recv_many(&mut batch, limit) => taken,
                () = self.closing.cancelled(), if !entries.is_closed() => {
                    entries.close();
                    continue;
                }
            };
            if taken == 0 {
                break;
            }
            batch.retain(|entry| !entry.answer.is_closed());
        }
        batch
    }
}
