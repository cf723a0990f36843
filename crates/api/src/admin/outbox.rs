//! `/admin/v1/outbox`: what the outside is told, and what of it is not delivered.

use hongbao_domain::{
    admin::{RefusalCode, Scope},
    id::EventId,
    outbox::{Delivery, DeliveryState, EventKind, Target},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AdminEndpoint, HttpMethod, Limit, Moment, Text, UndeliveredPlace, coin::All, endpoint::declare};
use crate::Sentence;

/// Lists what is not delivered.
#[derive(Debug)]
pub struct ListOutbox;

/// Has a delivery tried again.
#[derive(Debug)]
pub struct RetryOutbox;

/// Forgets a delivery.
#[derive(Debug)]
pub struct DropOutbox;

/// Has all that is parked tried again.
#[derive(Debug)]
pub struct RetryParked;

/// Forgets all that is parked.
#[derive(Debug)]
pub struct DropParked;

/// What is not delivered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Undelivered {
    /// What waits for its next try, or is being tried.
    #[default]
    Waiting,
    /// What is tried no more.
    Parked,
}

/// Which deliveries are listed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListOutboxRequest {
    /// `waiting`, or `parked` because it was tried for three days.
    #[serde(default)]
    #[schema(inline)]
    pub state: Undelivered,
    /// `next` of the page before, whose list goes on whatever `state` says. What is tried meanwhile may be listed twice, or not
    /// at all.
    #[schema(value_type = Option<String>, pattern = "^[swp][0-9]{1,18}-([0-6][0-9A-Za-z]{21}|7[0-9A-Za-m][0-9A-Za-z]{20})$")]
    pub cursor: Option<UndeliveredPlace>,
    /// How many at most, those first that have not moved for longest; of what waits first what is being tried.
    #[serde(default)]
    #[schema(inline)]
    pub limit: Limit,
}

/// Which delivery it is about.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OneEvent {
    /// The event's id.
    #[schema(value_type = String, pattern = "^([0-6][0-9A-Za-z]{21}|7[0-9A-Za-m][0-9A-Za-z]{20})$", example = "0353EXa1tD8a9TWUoCrFT2")]
    pub event_id: Text<EventId>,
}

/// One thing to tell one party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryData {
    /// The event's id, the same at every try.
    #[schema(value_type = String)]
    pub event_id: Text<EventId>,
    /// What happened.
    #[schema(value_type = String, example = "red_packet.claimed")]
    pub event: Text<EventKind>,
    /// `notice`, or the id of an endpoint.
    #[schema(value_type = String)]
    pub target: Text<Target>,
    /// `waiting`, `sending`, `delivered` or `parked`.
    pub state: String,
    /// When it is tried next.
    #[schema(required, inline)]
    pub due_at: Option<Moment>,
    /// How often it was tried.
    pub attempts: u32,
    /// What the last try came to, if it failed.
    #[schema(required)]
    pub error: Option<String>,
    /// When it happened.
    #[schema(inline)]
    pub happened_at: Moment,
}

/// Deliveries that are not made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutboxData {
    /// The deliveries.
    pub deliveries: Vec<DeliveryData>,
    /// The cursor of the next page; null on the last one.
    #[schema(required, value_type = Option<String>)]
    pub next: Option<UndeliveredPlace>,
}

/// How much it was done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CountData {
    /// How many deliveries.
    pub count: u64,
}

impl From<&Delivery> for DeliveryData {
    fn from(delivery: &Delivery) -> Self {
        let (state, due_at) = match delivery.state {
            DeliveryState::Waiting { due_at } => ("waiting", Some(Moment(due_at))),
            DeliveryState::Sending { .. } => ("sending", None),
            DeliveryState::Delivered => ("delivered", None),
            DeliveryState::Parked => ("parked", None),
        };
        Self {
            event_id: Text(delivery.id),
            event: Text(delivery.event.kind()),
            target: Text(delivery.target),
            state: state.to_owned(),
            due_at,
            attempts: delivery.attempts,
            error: delivery.error.clone(),
            happened_at: Moment(delivery.created_at),
        }
    }
}

declare!(ListOutbox "outbox_list" Get "/admin/v1/outbox" Read [] ListOutboxRequest => OutboxData,
    "Lists what the outside is told and is not delivered.", "列出尚未送达或已搁置的通知。");
declare!(RetryOutbox "outbox_retry" Post "/admin/v1/outbox/{event_id}/retry" Operator [EventNotFound]
    OneEvent => CountData,
    "Tries a delivery again now, and as often as one that is new.", "立即重试一条通知，次数重新计算。");
declare!(DropOutbox "outbox_drop" Delete "/admin/v1/outbox/{event_id}" Operator [EventNotFound] OneEvent => CountData,
    "Forgets a delivery.", "丢弃一条通知。");
declare!(RetryParked "outbox_retry_parked" Post "/admin/v1/outbox/parked/retry" Operator [] All => CountData,
    "Tries everything again that is parked.", "重试全部已搁置的通知。");
declare!(DropParked "outbox_drop_parked" Post "/admin/v1/outbox/parked/drop" Operator [] All => CountData,
    "Forgets everything that is parked.", "丢弃全部已搁置的通知。");
