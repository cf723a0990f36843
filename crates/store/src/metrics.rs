//! What is counted of batches, and what there is of connections.

use std::sync::Arc;

use async_trait::async_trait;
use hongbao_domain::store::{Batch, Lane, Outcome};
use hongbao_metrics::{Counter, Histogram, Observed};
use hongbao_ports::Fault;
use tokio::time::Instant;

use crate::{Attempt, CommitError, Store};

/// What was counted of batches since the start, and what waits now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchCounts {
    /// How many commands the batches had.
    pub commands: Observed,
    /// How many rows they named.
    pub rows: Observed,
    /// How long they took, with all their attempts, in microseconds.
    pub durations: Observed,
    /// How many attempts there were, by what came of them: `committed`, or why there was no outcome yet.
    pub attempts: [(&'static str, u64); 5],
    /// How many commands wait, lane by lane.
    pub waiting: [(Lane, usize); 3],
    /// How many commands were refused because too many waited.
    pub refused: u64,
}

/// Connections of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolCounts {
    /// What they are for.
    pub name: &'static str,
    /// How many there may be.
    pub most: u32,
    /// How many are open.
    pub open: u32,
    /// How many of those are not in use.
    pub idle: u32,
}

/// What a store has of connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionCounts {
    /// Those that it has, by what they are for.
    pub pools: Vec<PoolCounts>,
    /// How long a place or a connection was waited for, in microseconds.
    pub waits: Observed,
}

/// Counts batches.
#[derive(Debug)]
pub(crate) struct BatchMetrics {
    commands: Histogram,
    rows: Histogram,
    durations: Histogram,
    committed: Counter,
    retry: Counter,
    conflict: Counter,
    lost: Counter,
    failed: Counter,
}

impl BatchMetrics {
    pub(crate) fn new() -> Self {
        Self {
            commands: Histogram::of_sizes(),
            rows: Histogram::of_sizes(),
            durations: Histogram::of_durations(),
            committed: Counter::default(),
            retry: Counter::default(),
            conflict: Counter::default(),
            lost: Counter::default(),
            failed: Counter::default(),
        }
    }

    /// Counts a batch that was begun then, and has ended.
    pub(crate) fn note(&self, batch: &Batch, begun: Instant) {
        self.commands.observe_size(batch.len());
        self.rows.observe_size(batch.keys().count());
        self.durations.observe_duration(begun.elapsed());
    }

    pub(crate) fn read(&self, waiting: [(Lane, usize); 3], refused: u64) -> BatchCounts {
        BatchCounts {
            commands: self.commands.read(),
            rows: self.rows.read(),
            durations: self.durations.read(),
            attempts: [
                ("committed", self.committed.read()),
                ("retry", self.retry.read()),
                ("conflict", self.conflict.read()),
                ("lost", self.lost.read()),
                ("failed", self.failed.read()),
            ],
            waiting,
            refused,
        }
    }
}

/// A store whose attempts at batches are counted.
#[derive(Clone)]
pub(crate) struct Counted {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) metrics: Arc<BatchMetrics>,
}

#[async_trait]
impl Store for Counted {
    async fn commit(&self, attempt: Attempt, batch: &Batch) -> Result<Vec<Outcome>, CommitError<Vec<Outcome>>> {
        let ended = self.store.commit(attempt, batch).await;
        let counter = match &ended {
            Ok(_) => &self.metrics.committed,
            Err(CommitError::Retry(_)) => &self.metrics.retry,
            Err(CommitError::Conflict(_)) => &self.metrics.conflict,
            Err(CommitError::Lost { .. }) => &self.metrics.lost,
            Err(CommitError::Failed(_)) => &self.metrics.failed,
        };
        counter.increment();
        ended
    }

    async fn was_committed(&self, attempt: Attempt) -> Result<bool, Fault> {
        self.store.was_committed(attempt).await
    }
}
