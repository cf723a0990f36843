//! `/admin/v1/packets`: looking for packets, and at all that is known of one.

use hongbao_domain::{
    admin::{RefusalCode, Scope},
    id::{CoinId, EventId, TransferId, UserId},
    ledger::Posting,
    money::Scale,
    outbox::Delivery,
    red_packet::Stage,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    AdminEndpoint, HttpMethod, Limit, Moment, Text,
    endpoint::declare,
    outbox::DeliveryData,
    packet::{OnePacket, PacketData, PacketsData},
    statement::PostingData,
};
use crate::Sentence;

/// Looks for packets.
#[derive(Debug)]
pub struct SearchPackets;

/// Shows what became of a packet, step by step.
#[derive(Debug)]
pub struct PacketTimeline;

/// Which packets are looked for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchPacketsRequest {
    /// Those that this user sent or may receive.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 25, pattern = "^[A-Za-z0-9_-]+$")]
    pub user_id: Option<Text<UserId>>,
    /// Those in this coin.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 25, pattern = "^[A-Za-z0-9_-]+$")]
    pub coin_id: Option<Text<CoinId>>,
    /// Those that stand here: `open`, `claimed`, `expired`, `refunded` or `cancelled`.
    #[schema(value_type = Option<String>, pattern = "^(open|claimed|expired|refunded|cancelled)$")]
    pub stage: Option<Text<Stage>>,
    /// Those that were made from this moment on.
    #[schema(inline)]
    pub from: Option<Moment>,
    /// Those that were made before this moment.
    #[schema(inline)]
    pub until: Option<Moment>,
    /// `next` of the page before.
    #[schema(value_type = Option<String>, pattern = "^([0-6][0-9A-Za-z]{21}|7[0-9A-Za-m][0-9A-Za-z]{20})$")]
    pub cursor: Option<Text<TransferId>>,
    /// How many at most. A page may be shorter, even empty, and have a `next`: of 5,000 packets those that fit.
    #[serde(default)]
    #[schema(inline)]
    pub limit: Limit,
}

/// One thing that happened to a packet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StepData {
    /// When.
    #[schema(inline)]
    pub at: Moment,
    /// `money`, `claim`, `lease`, `expiry`, `end`, `message` or `key`.
    pub kind: String,
    /// Whom it is about.
    #[schema(required, value_type = Option<String>)]
    pub user_id: Option<Text<UserId>>,
    /// The event that the outside is told of, where it is a message.
    #[schema(required, value_type = Option<String>)]
    pub event_id: Option<Text<EventId>>,
    /// What happened, in one clear sentence, in English.
    pub what: String,
    /// The posting, where money moved.
    #[schema(required, inline)]
    pub posting: Option<PostingData>,
}

/// What became of a packet, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TimelineData {
    /// The packet.
    #[schema(inline)]
    pub packet: PacketData,
    /// What happened, the oldest first; a lease or an expiry that is to come stands at its moment.
    pub steps: Vec<StepData>,
}

impl StepData {
    /// Writes a posting of a packet.
    pub fn money(posting: &Posting, scale: Scale) -> Self {
        let data = PostingData::of(posting, scale);
        let what = format!("{}: {}, and the packet holds {}", data.cause, data.amount, data.balance);
        Self { at: data.at, kind: "money".to_owned(), user_id: None, event_id: None, what, posting: Some(data) }
    }

    /// Writes what one party is told.
    pub fn message(delivery: &Delivery) -> Self {
        let DeliveryData { event_id, event: Text(event), target: Text(target), state, attempts, happened_at, .. } =
            DeliveryData::from(delivery);
        let what = format!("{event} to {target}: {state}, {attempts} tries");
        Self { event_id: Some(event_id), ..Self::of(happened_at, "message", None, what) }
    }

    /// Writes a step without money.
    pub fn of(at: Moment, kind: &str, user: Option<UserId>, what: impl Into<String>) -> Self {
        Self { at, kind: kind.to_owned(), user_id: user.map(Text), event_id: None, what: what.into(), posting: None }
    }
}

declare!(SearchPackets "packet_search" Get "/admin/v1/packets" Read [UserNotFound] SearchPacketsRequest => PacketsData,
    "Looks for packets by user, coin, stage and time, the newest first.", "按用户、币种、状态和时间查找红包，最新的在前。");
declare!(PacketTimeline "packet_timeline" Get "/admin/v1/packets/{transfer_id}/timeline" Read [PacketNotFound]
    OnePacket => TimelineData,
    "Shows what became of a packet, step by step: money, claims, leases, expiry, messages, keys.",
    "按时间列出红包经历的每一步：资金、领取、租约、过期、消息、幂等键。");
