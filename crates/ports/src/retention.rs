//! Rows that are kept for a while only.

use std::time::Duration;

use async_trait::async_trait;
use hongbao_domain::time::Timestamp;

use crate::Fault;

/// For how long it is kept whether a transaction was committed. Its process asks within seconds, or never.
pub const ATTEMPT_LIFE: Duration = Duration::from_hours(1);

/// For how long a session is kept that is over.
pub const SESSION_GRACE: Duration = Duration::from_hours(1);

/// For how long a request is kept that its caller may repeat.
pub const REQUEST_LIFE: Duration = Duration::from_hours(24);

/// For how long it is kept what an endpoint was told.
pub const DELIVERED_LIFE: Duration = Duration::from_hours(7 * 24);

/// For how long a delivery is kept that is tried no more.
pub const PARKED_LIFE: Duration = Duration::from_hours(30 * 24);

/// A row that is dated further ahead than this was made by a clock that was ahead, and is dated anew: it would be kept for
/// as long as that clock was ahead.
pub const DATED_AHEAD: Duration = Duration::from_mins(1);

/// How many rows were deleted, and how many were dated anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Attempts at transactions.
    pub attempts: u64,
    /// Sessions.
    pub sessions: u64,
    /// Requests.
    pub requests: u64,
    /// Deliveries that were made, or are tried no more.
    pub deliveries: u64,
    /// Rows of any kind that were dated ahead.
    pub redated: u64,
}

impl Pruned {
    /// Says whether a bound of `limit` rows of each kind may have left something.
    pub fn is_full(&self, limit: u32) -> bool {
        let Self { attempts, sessions, requests, deliveries, redated } = *self;
        [attempts, sessions, requests, deliveries, redated].into_iter().any(|rows| rows >= u64::from(limit))
    }
}

/// Rows that are kept for a while only.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Retention: Send + Sync {
    /// Reads the store's clock, as it is.
    async fn clock(&self) -> Result<Timestamp, Fault>;

    /// Deletes what has been kept long enough at `now`, at most `limit` rows of each kind, the oldest first: attempts after
    /// [`ATTEMPT_LIFE`], sessions [`SESSION_GRACE`] after their end, requests after [`REQUEST_LIFE`], deliveries
    /// [`DELIVERED_LIFE`] after they were made or [`PARKED_LIFE`] after they were given up.
    ///
    /// Rows that are dated ahead by more than [`DATED_AHEAD`] are dated `now` instead, at most `limit` of each kind; a
    /// session keeps its length. Each kind is a short step of its own, and the steps are not atomic together. A repeat does no
    /// harm. The caller vouches for `now`: what a wrong one deletes is gone.
    async fn prune(&self, now: Timestamp, limit: u32) -> Result<Pruned, Fault>;
}
