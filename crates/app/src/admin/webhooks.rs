//! Endpoints of the app's backend that are told what happens.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use hongbao_domain::{
    admin::RefusalCode,
    id::{EndpointId, EventId},
    outbox::Delivery,
    time::Timestamp,
    webhook::{
        AddEndpoint, AddEndpointRefusal, Endpoint, NoEndpoint, RemoveEndpoint, RemoveEndpointRefusal, RotateSecret,
        SetEndpoint, WebhookSecret,
    },
};
use hongbao_ports::{Failure, Fault, Submit, query::Listed};

use super::{Admin, AdminFailure, outbox::event_not_found, refused};

impl Admin {
    /// Gives all endpoints, the oldest first.
    pub async fn endpoints(&self) -> Result<Vec<Endpoint>, Fault> {
        self.queries.endpoints().await
    }

    /// Gives one endpoint.
    pub async fn endpoint(&self, id: EndpointId) -> Result<Endpoint, AdminFailure> {
        let found = self.endpoints().await?.into_iter().find(|endpoint| endpoint.id == id);
        found.ok_or_else(|| webhook_not_found(id))
    }

    /// Adds an endpoint whose address was found good. A repeat with the same id adds nothing.
    pub async fn add_endpoint(&self, add: AddEndpoint) -> Result<Endpoint, AdminFailure> {
        if let Some(there) = self.endpoints().await?.into_iter().find(|endpoint| endpoint.id == add.id) {
            return Ok(there);
        }
        self.leave_room_for_one().await?;
        self.commands.submit(add).await.map_err(|failure| match failure {
            Failure::Refused(AddEndpointRefusal::IdTaken) => {
                Fault::internal("cannot add the endpoint: its id is taken").into()
            }
            Failure::Fault(fault) => fault.into(),
        })
    }

    /// Signs with this secret from now on, and for a while with the one before as well. A repeat changes nothing.
    pub async fn rotate_secret(
        &self,
        id: EndpointId,
        secret: WebhookSecret,
        keep_former_for: Duration,
    ) -> Result<Endpoint, AdminFailure> {
        let rotate = RotateSecret { id, secret, keep_former_for };
        self.commands.submit(rotate).await.map_err(|failure| not_there(id, failure))
    }

    /// Has an endpoint told what happens, or not any more. A repeat changes nothing.
    pub async fn set_endpoint(&self, id: EndpointId, is_enabled: bool) -> Result<Endpoint, AdminFailure> {
        if is_enabled && !self.endpoint(id).await?.is_enabled {
            self.leave_room_for_one().await?;
        }
        self.commands.submit(SetEndpoint { id, is_enabled }).await.map_err(|failure| not_there(id, failure))
    }

    /// Forgets an endpoint, and what it was told or was to be told; says how many deliveries that were. A repeat of a removal
    /// that was cut off forgets the rest.
    pub async fn remove_endpoint(&self, id: EndpointId) -> Result<u64, AdminFailure> {
        let is_there = match self.commands.submit(RemoveEndpoint { id }).await {
            Ok(()) => true,
            Err(Failure::Refused(RemoveEndpointRefusal::NotFound)) => false,
            Err(Failure::Refused(RemoveEndpointRefusal::NotSettled)) => return Err(webhook_enabled(id)),
            Err(Failure::Fault(fault)) => return Err(fault.into()),
        };
        let dropped = self.each_told(id, Timestamp::from_micros(i64::MIN), |event| self.drop_delivery(event)).await?;
        if is_there || dropped > 0 { Ok(dropped) } else { Err(webhook_not_found(id)) }
    }

    /// Sends one event to an endpoint again.
    pub async fn replay_event(&self, id: EndpointId, event: EventId) -> Result<(), AdminFailure> {
        self.endpoint(id).await?;
        if self.retry_delivery(event, Some(id)).await? { Ok(()) } else { Err(event_not_found(event)) }
    }

    /// Sends an endpoint again all that happened since a moment, and says how many events that are.
    pub async fn replay_since(&self, id: EndpointId, since: Timestamp) -> Result<u64, AdminFailure> {
        self.endpoint(id).await?;
        Ok(self.each_told(id, since, |event| self.retry_delivery(event, Some(id))).await?)
    }

    /// Gives what an endpoint was told or is to be told, the newest first.
    pub async fn told(
        &self,
        id: EndpointId,
        after: Option<(Timestamp, EventId)>,
        limit: u32,
    ) -> Result<Vec<Delivery>, AdminFailure> {
        self.endpoint(id).await?;
        let listed = Listed::To { endpoint: id, from: Timestamp::from_micros(i64::MIN), after };
        Ok(self.queries.deliveries(listed, limit).await?)
    }

    async fn leave_room_for_one(&self) -> Result<(), AdminFailure> {
        if self.endpoints().await?.iter().filter(|endpoint| endpoint.is_enabled).count() < Endpoint::MAX {
            return Ok(());
        }
        let sentence = format!("{} endpoints are enabled, and more cannot be; disable one first", Endpoint::MAX);
        Err(refused(RefusalCode::TooManyWebhooks, sentence))
    }

    /// Does something with each event that an endpoint was told or is to be told, since a moment, some at once, so that they
    /// share batches; gives with how many it was done.
    async fn each_told<F>(
        &self,
        endpoint: EndpointId,
        from: Timestamp,
        act: impl Fn(EventId) -> F,
    ) -> Result<u64, Fault>
    where
        F: Future<Output = Result<bool, Fault>>,
    {
        const PAGE: u32 = 1000;
        const AT_ONCE: usize = 32;
        let (mut count, mut after) = (0, None);
        loop {
            let page = self.queries.deliveries(Listed::To { endpoint, from, after }, PAGE).await?;
            let Some(last) = page.last() else { return Ok(count) };
            after = Some((last.created_at, last.id));
            let events: Vec<_> = page.iter().map(|delivery| delivery.id).collect();
            let acts = stream::iter(events.into_iter().map(&act)).buffer_unordered(AT_ONCE);
            count += acts.try_fold(0, async |count, done| Ok(count + u64::from(done))).await?;
        }
    }
}

fn webhook_not_found(id: EndpointId) -> AdminFailure {
    refused(RefusalCode::WebhookNotFound, format!("there is no endpoint {id}"))
}

fn webhook_enabled(id: EndpointId) -> AdminFailure {
    let sentence = format!("endpoint {id} is told what happens; disable it, and remove it ten seconds later");
    refused(RefusalCode::WebhookEnabled, sentence)
}

fn not_there(id: EndpointId, failure: Failure<NoEndpoint>) -> AdminFailure {
    match failure {
        Failure::Refused(NoEndpoint) => webhook_not_found(id),
        Failure::Fault(fault) => fault.into(),
    }
}
