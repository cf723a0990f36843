//! The one way to change a store: commands, in batches.

use std::{iter, sync::Arc, time::Duration};

use async_trait::async_trait;
use hongbao_domain::{
    outbox::Audience,
    store::{Action, Command, Outcome, RequestStep},
};
use hongbao_ports::{Commands, Fault, Ids};
use tokio::{sync::watch, time::Instant};
use tokio_util::task::TaskTracker;

use crate::{
    Store,
    attempt::Attempts,
    metrics::{BatchCounts, BatchMetrics, Counted},
    queue::{Limits, Queue, Taken, Writer},
};

/// How batches are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How many batches may be at the disk side by side. One is right for SQLite.
    pub writers: usize,
    /// The most commands in one batch.
    pub batch_limit: usize,
    /// The most rows that one batch names, unless a single command names more.
    pub row_limit: usize,
    /// The most commands that may wait to begin something. One more is refused at once; what was begun is never refused.
    pub queue_limit: usize,
    /// For how long a batch is attempted while the store is not there.
    pub retry_timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { writers: 1, batch_limit: 512, row_limit: 4096, queue_limit: 8192, retry_timeout: Duration::from_secs(5) }
    }
}

/// All ports that change something, over the batches of one store. What only reads is asked of the store itself.
pub struct Batches {
    ids: Arc<dyn Ids>,
    queue: Arc<Queue>,
    audience: watch::Sender<Arc<Audience>>,
    metrics: Arc<BatchMetrics>,
    writers: TaskTracker,
    _open: Open,
}

/// Stops the writers of batches that were not closed, with the last that can give them commands.
struct Open(Arc<Queue>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Batches {
    /// Starts the writers. Call it on a tokio runtime.
    pub fn start(store: Arc<dyn Store>, ids: Arc<dyn Ids>, settings: Settings) -> Self {
        let queue = Arc::new(Queue::new(settings.queue_limit, settings.writers));
        let (writers, audience) = (TaskTracker::new(), watch::Sender::default());
        let metrics = Arc::new(BatchMetrics::new());
        let counted = Counted { store, metrics: Arc::clone(&metrics) };
        for (number, store) in iter::repeat_n(counted, settings.writers).enumerate() {
            let writer = Writer::new(Arc::clone(&queue), number);
            writers.spawn(write(writer, store, Arc::clone(&ids), settings, audience.subscribe()));
        }
        writers.close();
        let open = Open(queue.clone());
        Self { ids, queue, audience, metrics, writers, _open: open }
    }

    /// Gives what sets who is told of what the commands do, from the next batch on. At first there is none.
    pub fn audience(&self) -> watch::Sender<Arc<Audience>> {
        self.audience.clone()
    }

    /// Gives what was counted, and what waits now.
    pub fn counts(&self) -> BatchCounts {
        self.metrics.read(self.queue.waiting(), self.queue.refused())
    }

    /// Takes no more commands, runs those that wait and ends the writers.
    pub async fn close(&self) {
        self.queue.close();
        self.writers.wait().await;
    }
}

#[async_trait]
impl Commands for Batches {
    async fn run(&self, action: Action, step: Option<RequestStep>) -> Result<Outcome, Fault> {
        self.queue.submit(Command { id: self.ids.command(), request: step, action }).await
    }
}

/// Takes batch after batch until the queue is closed and nothing waits that could run.
async fn write(
    writer: Writer,
    store: Counted,
    ids: Arc<dyn Ids>,
    settings: Settings,
    audience: watch::Receiver<Arc<Audience>>,
) {
    let attempts = Attempts { store: &store, ids: ids.as_ref(), retry_timeout: settings.retry_timeout };
    loop {
        let limits = Limits { commands: settings.batch_limit, rows: settings.row_limit };
        let Taken { batch, waiting, traces } = writer.take(limits).await;
        if batch.is_empty() {
            return;
        }
        let batch = batch.telling(audience.borrow().clone());
        let (begun, answers) = (Instant::now(), attempts.run(&batch));
        #[cfg(feature = "planted-defects")]
        let (waiting, answers) = crate::early::run(waiting, answers).await;
        #[cfg(not(feature = "planted-defects"))]
        let answers = answers.await;
        drop(traces);
        store.metrics.note(&batch, begun);
        for (waiting, answer) in waiting.into_iter().zip(answers) {
            // A caller that went away meanwhile is not told.
            drop(waiting.send(answer));
        }
    }
}
