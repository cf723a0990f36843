//! What has begun and not ended, in numbers, for those who watch a server.

use std::time::Duration;

use async_trait::async_trait;

use crate::Fault;

/// Leases of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Leases {
    /// How many there are, those that are over included.
    pub open: u64,
    /// How many are over, so that a sweep should have ended them or is about to.
    pub overdue: u64,
}

/// What has begun and not ended. Each is counted up to [`MOST`](Self::MOST).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InProgress {
    /// Packets that are being sent.
    pub sending: Leases,
    /// Claims in progress.
    pub claiming: Leases,
    /// Groups that are being made.
    pub preparing: Leases,
    /// Users who are joining a group.
    pub joining: Leases,
    /// Deliveries that are being made.
    pub delivering: Leases,
    /// Deliveries that wait to be made.
    pub waiting: u64,
    /// Deliveries that are tried no more.
    pub parked: u64,
    /// The age of the oldest delivery that waits or is being made; of more than are counted, of those whose last step is the
    /// longest ago.
    pub oldest_delivery: Duration,
    /// Open packets whose time is over, without a claim in progress, and whose money has not gone back.
    pub refunds_overdue: u64,
    /// For how long the first of them is overdue.
    pub longest_refund_overdue: Duration,
}

impl InProgress {
    /// The highest number that is counted to, so that the answer comes fast however much there is.
    pub const MOST: u32 = 10_000;
}

/// Rows that have not come to their end, as they are.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait ProgressQueries: Send + Sync {
    /// Counts what has not ended, judged by the store's clock, at one moment. No index is read further than
    /// [`InProgress::MOST`] for each kind.
    async fn in_progress(&self) -> Result<InProgress, Fault>;
}
