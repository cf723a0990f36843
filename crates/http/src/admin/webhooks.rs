//! `/admin/v1/webhooks` and `/admin/v1/outbox`

use std::time::Duration;

use hongbao_api::admin::{
    Moment, Place, Span, Text, UndeliveredPlace,
    coin::All,
    outbox::{
        CountData, DeliveryData, DropOutbox, DropParked, ListOutbox, ListOutboxRequest, OneEvent, OutboxData,
        RetryOutbox, RetryParked, Undelivered,
    },
    webhook::{
        AddWebhook, AddWebhookRequest, DisableWebhook, EnableWebhook, ListWebhooks, OneWebhook, RemoveWebhook,
        RemovedWebhookData, ReplayEvent, ReplayEventRequest, ReplayWebhook, ReplayWebhookRequest, ReplayedData,
        RotateWebhook, RotateWebhookRequest, WebhookData, WebhookLog, WebhookLogData, WebhookLogRequest, WebhooksData,
    },
};
use hongbao_app::admin::{AdminFailure, OutboxAct};
use hongbao_domain::{
    admin::{AdminRefusal, RefusalCode},
    outbox::EventKind,
    webhook::{AddEndpoint, Endpoint},
};
use hongbao_ports::{
    Failure,
    query::{Page, WaitingPlace},
};
use serde_json::Value;

use super::handle::{Context, ServeAdmin};

const A_DAY: Duration = Duration::from_hours(24);

impl Context {
    fn with_secret(&self, endpoint: &Endpoint) -> WebhookData {
        let secret = Some((self.shared.webhooks.print_secret)(&endpoint.secret));
        WebhookData { secret, ..WebhookData::from(endpoint) }
    }

    /// Puts the secret into an answer that was remembered without it.
    fn reveal_secret(&self, data: &mut Value) {
        data["secret"] = (self.shared.webhooks.print_secret)(&self.secrets.webhook_secret()).into();
    }
}

impl ServeAdmin for ListWebhooks {
    async fn serve(context: &Context, _: All) -> Result<WebhooksData, AdminFailure> {
        let endpoints = context.shared.admin.endpoints().await?;
        Ok(WebhooksData { webhooks: endpoints.iter().map(WebhookData::from).collect() })
    }
}

impl ServeAdmin for AddWebhook {
    async fn serve(context: &Context, request: AddWebhookRequest) -> Result<WebhookData, AdminFailure> {
        let AddWebhookRequest { url: Text(url), events } = request;
        (context.shared.webhooks.check_target)(&url)
            .map_err(|why| Failure::Refused(AdminRefusal::new(RefusalCode::WebhookTargetRefused, why)))?;
        let events = events.map_or_else(
            || EventKind::ALL.iter().copied().collect(),
            |events| events.into_iter().map(|Text(kind)| kind).collect(),
        );
        let (id, secret) = (context.secrets.endpoint_id(), context.secrets.webhook_secret());
        let added = context.shared.admin.add_endpoint(AddEndpoint { id, url, events, secret }).await?;
        Ok(context.with_secret(&added))
    }

    fn reveal(context: &Context, data: &mut Value) {
        context.reveal_secret(data);
    }
}

impl ServeAdmin for RotateWebhook {
    async fn serve(context: &Context, request: RotateWebhookRequest) -> Result<WebhookData, AdminFailure> {
        let RotateWebhookRequest { webhook_id: Text(id), keep_former_for_s } = request;
        let keep = keep_former_for_s.map_or(A_DAY, |Span(keep)| keep);
        let rotated = context.shared.admin.rotate_secret(id, context.secrets.webhook_secret(), keep).await?;
        Ok(context.with_secret(&rotated))
    }

    fn reveal(context: &Context, data: &mut Value) {
        context.reveal_secret(data);
    }
}

impl ServeAdmin for EnableWebhook {
    async fn serve(context: &Context, request: OneWebhook) -> Result<WebhookData, AdminFailure> {
        Ok(WebhookData::from(&context.shared.admin.set_endpoint(request.webhook_id.0, true).await?))
    }
}

impl ServeAdmin for DisableWebhook {
    async fn serve(context: &Context, request: OneWebhook) -> Result<WebhookData, AdminFailure> {
        Ok(WebhookData::from(&context.shared.admin.set_endpoint(request.webhook_id.0, false).await?))
    }
}

impl ServeAdmin for RemoveWebhook {
    async fn serve(context: &Context, request: OneWebhook) -> Result<RemovedWebhookData, AdminFailure> {
        let deliveries_dropped = context.shared.admin.remove_endpoint(request.webhook_id.0).await?;
        Ok(RemovedWebhookData { deliveries_dropped })
    }
}

impl ServeAdmin for ReplayWebhook {
    async fn serve(context: &Context, request: ReplayWebhookRequest) -> Result<ReplayedData, AdminFailure> {
        let ReplayWebhookRequest { webhook_id: Text(id), since: Moment(since) } = request;
        Ok(ReplayedData { replayed: context.shared.admin.replay_since(id, since).await? })
    }
}

impl ServeAdmin for ReplayEvent {
    async fn serve(context: &Context, request: ReplayEventRequest) -> Result<ReplayedData, AdminFailure> {
        let ReplayEventRequest { webhook_id: Text(id), event_id: Text(event) } = request;
        context.shared.admin.replay_event(id, event).await?;
        Ok(ReplayedData { replayed: 1 })
    }
}

impl ServeAdmin for WebhookLog {
    async fn serve(context: &Context, request: WebhookLogRequest) -> Result<WebhookLogData, AdminFailure> {
        let WebhookLogRequest { webhook_id: Text(id), cursor, limit } = request;
        let after = cursor.map(|Place(at, id)| (at, id));
        let mut told = context.shared.admin.told(id, after, limit.and_one()).await?;
        let next = limit.cut(&mut told, |last| Place(last.created_at, last.id));
        Ok(WebhookLogData { deliveries: told.iter().map(DeliveryData::from).collect(), next })
    }
}

impl ServeAdmin for ListOutbox {
    async fn serve(context: &Context, request: ListOutboxRequest) -> Result<OutboxData, AdminFailure> {
        let ListOutboxRequest { state, cursor, limit } = request;
        let waiting = |is_waiting, Place(changed_at, id)| WaitingPlace { is_waiting, changed_at, id };
        let (waiting, parked) = match cursor {
            Some(UndeliveredPlace::Sending(place)) => (Some(waiting(false, place)), None),
            Some(UndeliveredPlace::Waiting(place)) => (Some(waiting(true, place)), None),
            Some(UndeliveredPlace::Parked(Place(changed_at, id))) => (None, Some((changed_at, id))),
            None => (None, None),
        };
        let is_parked = parked.is_some() || (waiting.is_none() && state == Undelivered::Parked);
        let admin = &context.shared.admin;
        let mut found = if is_parked {
            admin.parked(Page { after: parked, limit: limit.and_one() }).await?
        } else {
            admin.undelivered(Page { after: waiting, limit: limit.and_one() }).await?
        };
        let next = limit.cut(&mut found, |last| UndeliveredPlace::from(last));
        Ok(OutboxData { deliveries: found.iter().map(DeliveryData::from).collect(), next })
    }
}

impl ServeAdmin for RetryOutbox {
    async fn serve(context: &Context, request: OneEvent) -> Result<CountData, AdminFailure> {
        context.shared.admin.act_on_delivery(OutboxAct::Retry, request.event_id.0).await?;
        Ok(CountData { count: 1 })
    }
}

impl ServeAdmin for DropOutbox {
    async fn serve(context: &Context, request: OneEvent) -> Result<CountData, AdminFailure> {
        context.shared.admin.act_on_delivery(OutboxAct::Drop, request.event_id.0).await?;
        Ok(CountData { count: 1 })
    }
}

impl ServeAdmin for RetryParked {
    async fn serve(context: &Context, _: All) -> Result<CountData, AdminFailure> {
        Ok(CountData { count: context.shared.admin.act_on_parked(OutboxAct::Retry).await? })
    }
}

impl ServeAdmin for DropParked {
    async fn serve(context: &Context, _: All) -> Result<CountData, AdminFailure> {
        Ok(CountData { count: context.shared.admin.act_on_parked(OutboxAct::Drop).await? })
    }
}
