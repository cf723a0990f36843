//! What the outside is told.

use std::time::Duration;

use async_trait::async_trait;
use hongbao_domain::{
    id::{EndpointId, EventId, TransferId},
    outbox::{Delivery, DeliveryState, Target},
    time::Timestamp,
    webhook::Endpoint,
};

use crate::Fault;

/// Which deliveries are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// Those that are being sent, then those that wait, each by when they last changed, the longest ago first.
    Waiting {
        /// Only what comes after this one in the list.
        after: Option<WaitingPlace>,
    },
    /// Those that are tried no more, the longest parked first.
    Parked {
        /// Only what comes after this one in the list: when it was parked, and its id.
        after: Option<(Timestamp, EventId)>,
    },
    /// Those to one party that tell of a packet, of what happened in a time, the oldest first. What else that party was told of
    /// in this time is looked at.
    About {
        /// The party.
        target: Target,
        /// The packet.
        packet: TransferId,
        /// From when on.
        from: Timestamp,
        /// Up to this moment, which belongs to it.
        until: Timestamp,
    },
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

/// Where a delivery stands among those that wait or are being sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WaitingPlace {
    /// Whether it waits; else it is being sent.
    pub is_waiting: bool,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its id.
    pub id: EventId,
}

impl WaitingPlace {
    /// Gives the place of a delivery that is not made.
    pub const fn of(delivery: &Delivery) -> Self {
        let is_waiting = matches!(delivery.state, DeliveryState::Waiting { .. });
        Self { is_waiting, changed_at: delivery.changed_at, id: delivery.id }
    }
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
