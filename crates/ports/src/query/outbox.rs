//! What the outside is told.

use std::time::Duration;

use async_trait::async_trait;
use hongbao_domain::{
    id::{EndpointId, EventId},
    outbox::{Delivery, Target},
    time::Timestamp,
    webhook::Endpoint,
};

use crate::Fault;

/// Which deliveries are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// Those that wait or are being sent, those that have waited longest since their last step first.
    Waiting,
    /// Those that are tried no more, the longest parked first.
    Parked,
    /// Those to one endpoint, of what happened since a moment, the newest first, and of one moment the highest id first.
    To {
        /// The endpoint.
        endpoint: EndpointId,
        /// From this moment on.
        from: Timestamp,
        /// Only what comes after this one in the list: when it happened, and its id.
        after: Option<(Timestamp, EventId)>,
    },
}

/// How much is not delivered, each counted up to [`Backlog::MOST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Backlog {
    /// Deliveries that wait or are being sent.
    pub waiting: u64,
    /// Deliveries that are tried no more.
    pub parked: u64,
}

impl Backlog {
    /// The highest number that is counted to, so that the answer comes fast however much there is.
    pub const MOST: u32 = 10_000;

    /// From how many on that wait an operator is told: fewer are on their way.
    pub const MANY: u64 = 1_000;
}

/// Deliveries and endpoints, as they are.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait OutboxQueries: Send + Sync {
    /// Gives deliveries to one party that could have been tried for as long as `overdue_by`, at most `limit`, the longest due
    /// first. No index is read further than that, however much more is due.
    async fn due_deliveries(&self, target: Target, overdue_by: Duration, limit: u32) -> Result<Vec<EventId>, Fault>;

    /// Lists deliveries, at most `limit`.
    async fn deliveries(&self, listed: Listed, limit: u32) -> Result<Vec<Delivery>, Fault>;

    /// Says whether an endpoint has taken anything that happened after `since`; `None` if nothing did of which it was told.
    async fn has_taken(&self, endpoint: EndpointId, since: Timestamp) -> Result<Option<bool>, Fault>;

    /// Counts what is not delivered.
    async fn backlog(&self) -> Result<Backlog, Fault>;

    /// Lists all endpoints, the oldest first.
    async fn endpoints(&self) -> Result<Vec<Endpoint>, Fault>;
}
