//! How fast an audit reads.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How many postings are read between two rests.
const ROWS: u32 = 2_000;

/// The longest rest.
const LONGEST_REST: Duration = Duration::from_millis(50);

/// Whether others use the database beside an audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// They do: it rests as long as it reads. The database waits meanwhile, for what it has read is not taken.
    Resting,
    /// No other writes.
    Alone,
}

/// Counts what is read.
#[derive(Debug)]
pub(super) struct Reading {
    pace: Pace,
    /// Since the last rest.
    rows: u32,
    since: Instant,
}

impl Reading {
    pub(super) fn at(pace: Pace) -> Self {
        Self { pace, rows: 0, since: Instant::now() }
    }

    /// Counts a posting, and rests after so many.
    pub(super) async fn row(&mut self) {
        self.rows += 1;
        if self.rows < ROWS {
            return;
        }
        if self.pace == Pace::Resting {
            sleep(self.since.elapsed().min(LONGEST_REST)).await;
        }
        (self.rows, self.since) = (0, Instant::now());
    }
}
