//! `/admin/v1/webhooks`: which endpoints of the app's backend are told what happens.

use hongbao_domain::{
    admin::{RefusalCode, Scope},
    id::{EndpointId, EventId},
    outbox::EventKind,
    webhook::{Endpoint, WebhookUrl},
};
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use super::{
    AdminEndpoint, HttpMethod, Limit, Moment, Place, Span, Text, coin::All, endpoint::declare, outbox::DeliveryData,
};
use crate::Sentence;

/// Lists the endpoints.
#[derive(Debug)]
pub struct ListWebhooks;

/// Adds an endpoint.
#[derive(Debug)]
pub struct AddWebhook;

/// Signs with a fresh secret.
#[derive(Debug)]
pub struct RotateWebhook;

/// Tells an endpoint what happens.
#[derive(Debug)]
pub struct EnableWebhook;

/// Tells an endpoint nothing any more.
#[derive(Debug)]
pub struct DisableWebhook;

/// Forgets an endpoint.
#[derive(Debug)]
pub struct RemoveWebhook;

/// Sends again what an endpoint was told.
#[derive(Debug)]
pub struct ReplayWebhook;

/// Sends one event again.
#[derive(Debug)]
pub struct ReplayEvent;

/// Lists what an endpoint was told.
#[derive(Debug)]
pub struct WebhookLog;

/// Which endpoint is added.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddWebhookRequest {
    /// Where it is.
    #[schema(value_type = String, max_length = 2048, pattern = "^https?://[!-~]+$", example = "https://app.example/hooks")]
    pub url: Text<WebhookUrl>,
    /// What it wants to know; everything if it is left out.
    #[schema(inline, value_type = Option<Vec<KindName>>, example = json!(["red_packet.claimed"]))]
    pub events: Option<Vec<Text<EventKind>>>,
}

/// The name of a kind of event, as a document describes it.
struct KindName;

impl PartialSchema for KindName {
    fn schema() -> RefOr<Schema> {
        let names = EventKind::ALL.iter().map(|kind| kind.as_str());
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).into()
    }
}

impl ToSchema for KindName {}

/// Which endpoint it is about.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OneWebhook {
    /// The endpoint's id.
    #[schema(value_type = String, pattern = "^([0-6][0-9A-Za-z]{21}|7[0-9A-Za-m][0-9A-Za-z]{20})$", example = "0353EXa1tCKn6dYk1Zwpzx")]
    pub webhook_id: Text<EndpointId>,
}

/// How a secret is replaced.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateWebhookRequest {
    /// The endpoint's id.
    #[schema(value_type = String, pattern = "^([0-6][0-9A-Za-z]{21}|7[0-9A-Za-m][0-9A-Za-z]{20})$")]
    pub webhook_id: Text<EndpointId>,
    /// For how many seconds the secret before signs as well; a day if it is left out.
    #[schema(inline)]
    pub keep_former_for_s: Option<Span>,
}

/// What is sent again.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayWebhookRequest {
    /// The endpoint's id.
    #[schema(value_type = String, pattern = "^([0-6][0-9A-Za-z]{21}|7[0-9A-Za-m][0-9A-Za-z]{20})$")]
    pub webhook_id: Text<EndpointId>,
    /// All that happened from this moment on.
    #[schema(inline)]
    pub since: Moment,
}

/// Which event is sent again.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayEventRequest {
    /// The endpoint's id.
    #[schema(value_type = String, pattern = "^([0-6][0-9A-Za-z]{21}|7[0-9A-Za-m][0-9A-Za-z]{20})$")]
    pub webhook_id: Text<EndpointId>,
    /// The event's id, as its deliveries have it in `webhook-id`.
    #[schema(value_type = String, pattern = "^([0-6][0-9A-Za-z]{21}|7[0-9A-Za-m][0-9A-Za-z]{20})$")]
    pub event_id: Text<EventId>,
}

/// Which part of the log.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookLogRequest {
    /// The endpoint's id.
    #[schema(value_type = String, pattern = "^([0-6][0-9A-Za-z]{21}|7[0-9A-Za-m][0-9A-Za-z]{20})$")]
    pub webhook_id: Text<EndpointId>,
    /// `next` of the page before.
    #[schema(value_type = Option<String>, pattern = "^[0-9]{1,18}-([0-6][0-9A-Za-z]{21}|7[0-9A-Za-m][0-9A-Za-z]{20})$")]
    pub cursor: Option<Place<EventId>>,
    /// How many at most.
    #[serde(default)]
    #[schema(inline)]
    pub limit: Limit,
}

/// An endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookData {
    /// Its id.
    #[schema(value_type = String)]
    pub webhook_id: Text<EndpointId>,
    /// Where it is.
    pub url: String,
    /// What it wants to know.
    #[schema(value_type = Vec<String>)]
    pub events: Vec<Text<EventKind>>,
    /// Whether it is told anything.
    pub is_enabled: bool,
    /// When it was added.
    #[schema(inline)]
    pub created_at: Moment,
    /// Until when the secret before signs as well.
    #[schema(required, inline)]
    pub former_secret_until: Option<Moment>,
    /// With what its deliveries are signed: given where it is new, this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    pub secret: Option<String>,
}

/// All endpoints, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhooksData {
    /// The endpoints.
    pub webhooks: Vec<WebhookData>,
}

/// What an endpoint was told or is to be told, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookLogData {
    /// The deliveries.
    pub deliveries: Vec<DeliveryData>,
    /// The cursor of the next page; null on the last one.
    #[schema(required, value_type = Option<String>)]
    pub next: Option<Place<EventId>>,
}

/// How much is sent again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReplayedData {
    /// How many events.
    pub replayed: u64,
}

/// What was forgotten with an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RemovedWebhookData {
    /// How many deliveries.
    pub deliveries_dropped: u64,
}

impl From<&Endpoint> for WebhookData {
    fn from(endpoint: &Endpoint) -> Self {
        Self {
            webhook_id: Text(endpoint.id),
            url: endpoint.url.to_string(),
            events: endpoint.events.iter().copied().map(Text).collect(),
            is_enabled: endpoint.is_enabled,
            created_at: Moment(endpoint.created_at),
            former_secret_until: endpoint.former.as_ref().map(|former| Moment(former.until)),
            secret: None,
        }
    }
}

declare!(ListWebhooks "webhook_list" Get "/admin/v1/webhooks" Read [] All => WebhooksData,
    "Lists the endpoints of the app's backend, never their secrets.", "列出后端的端点，从不显示密钥。");
declare!(AddWebhook "webhook_add" Post "/admin/v1/webhooks" Operator [WebhookTargetRefused, TooManyWebhooks]
    AddWebhookRequest => WebhookData,
    "Adds an endpoint; its secret is given once. It is told of what happens from ten seconds later on.",
    "添加端点，密钥只给出一次；从十秒之后发生的事情开始通知。", secrets &["secret"]);
declare!(RotateWebhook "webhook_rotate" Post "/admin/v1/webhooks/{webhook_id}/rotate" Operator [WebhookNotFound]
    RotateWebhookRequest => WebhookData,
    "Signs with a fresh secret, and for a while with the one before as well.",
    "更换密钥；一段时间内新旧密钥同时签名。", secrets &["secret"]);
declare!(EnableWebhook "webhook_enable" Post "/admin/v1/webhooks/{webhook_id}/enable" Operator
    [WebhookNotFound, TooManyWebhooks] OneWebhook => WebhookData,
    "Tells an endpoint what happens again, and goes on with what was left.", "启用端点，并继续送达之前未送达的事件。");
declare!(DisableWebhook "webhook_disable" Post "/admin/v1/webhooks/{webhook_id}/disable" Operator [WebhookNotFound]
    OneWebhook => WebhookData,
    "Tells an endpoint nothing any more. What happens meanwhile is not told later.",
    "停用端点；停用期间发生的事情以后不再通知。");
declare!(RemoveWebhook "webhook_remove" Delete "/admin/v1/webhooks/{webhook_id}" Operator
    [WebhookNotFound, WebhookEnabled] OneWebhook => RemovedWebhookData,
    "Forgets an endpoint that has been disabled for ten seconds, and all that it was told.",
    "删除已停用十秒的端点，连同它的全部记录。");
declare!(ReplayWebhook "webhook_replay" Post "/admin/v1/webhooks/{webhook_id}/replay" Operator [WebhookNotFound]
    ReplayWebhookRequest => ReplayedData,
    "Sends an endpoint again all that happened since a moment, under the same ids.",
    "重发某一时刻以来的全部事件，ID 不变。");
declare!(ReplayEvent "webhook_replay_event" Post "/admin/v1/webhooks/{webhook_id}/events/{event_id}/replay" Operator
    [WebhookNotFound, EventNotFound] ReplayEventRequest => ReplayedData,
    "Sends one event to an endpoint again.", "向端点重发一个事件。");
declare!(WebhookLog "webhook_log" Get "/admin/v1/webhooks/{webhook_id}/log" Read [WebhookNotFound]
    WebhookLogRequest => WebhookLogData,
    "Lists what an endpoint was told or is to be told, the newest first.", "列出端点已收到和将收到的事件，最新的在前。");
