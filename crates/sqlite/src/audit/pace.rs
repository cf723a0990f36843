//! How fast an audit reads.

use std::time::Duration;

use hongbao_ports::Fault;
use tokio::time::{Instant, sleep};

use crate::fault;

/// The longest rest after a piece.
const LONGEST_REST: Duration = Duration::from_millis(50);

/// Whether others use the store beside an audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// They do: it rests as long as it reads.
    Resting,
    /// No other process has the file.
    Alone,
}

impl Pace {
    /// Rests for as long as the piece took that was begun at `since`.
    pub(super) async fn rest(self, since: Instant) {
        match self {
            Self::Resting => sleep(since.elapsed().min(LONGEST_REST)).await,
            Self::Alone => {}
        }
    }
}

pub(super) fn cannot(error: sqlx::Error) -> Fault {
    fault::of(error, "cannot read the ledger for the audit")
}
