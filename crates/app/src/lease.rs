//! For how long a saga may act on what it has taken.

use std::time::Duration;

use tokio::time::Instant;

use crate::Timing;

/// The saga's own view of a lease.
#[derive(Clone, Copy)]
pub(crate) struct Lease {
    pub(crate) until: Instant,
    cloud_timeout: Duration,
}

impl Lease {
    /// Counts from before the store was asked, so that ours ends before the store's.
    pub(crate) fn starting_now(timing: &Timing) -> Self {
        Self { until: Instant::now() + timing.lease, cloud_timeout: timing.cloud_timeout }
    }

    /// How long a call to the cloud may wait before it begins.
    pub(crate) fn wait_before_a_call(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now() + self.cloud_timeout)
    }

    /// Whether a call to the cloud that begins now ends before the lease does. If not, it must not begin.
    pub(crate) fn covers_a_call(&self) -> bool {
        Instant::now() + self.cloud_timeout <= self.until
    }
}
