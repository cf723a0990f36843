//! Delivering what the outside is told.

mod audience;
mod backlog;
mod notices;
mod rounds;
mod webhooks;

use std::{future::Future, sync::Arc, time::Duration};

use hongbao_domain::{
    id::EventId,
    outbox::{Audience, ClaimDelivery, Delivery, DeliveryLease, EndDelivery, Ended, Target, Tried},
};
use hongbao_ports::{
    Chain, Commands, Failure, Fault, Ids, ImCloud, Submit, Webhooks,
    query::{Backlog, OutboxQueries},
};
use tokio::sync::{Notify, watch};
use tracing::{debug, error, warn};

use crate::Timing;

/// What the deliveries need.
#[derive(Clone)]
pub struct OutboxDeps {
    /// Takes and ends them.
    pub commands: Arc<dyn Commands>,
    /// Knows which are due.
    pub queries: Arc<dyn OutboxQueries>,
    /// Delivers notices.
    pub im_cloud: Arc<dyn ImCloud>,
    /// Delivers to endpoints.
    pub webhooks: Arc<dyn Webhooks>,
    /// Chance.
    pub ids: Arc<dyn Ids>,
    /// The timing law; checked at start-up.
    pub timing: Timing,
    /// The longest call to an endpoint.
    pub webhook_timeout: Duration,
    /// How often it is looked for something to deliver.
    pub interval: Duration,
    /// Who is told by notices. Endpoints are added as they are in the store.
    pub audience: Audience,
}

/// Delivers what is due, from any number of servers at once: each takes a delivery under a lease, and one that dies leaves
/// nothing behind. They share the work by chance, like sweeps.
#[derive(Clone)]
pub struct Outbox {
    deps: OutboxDeps,
    audience: watch::Sender<Arc<Audience>>,
    backlog: watch::Sender<Backlog>,
    woken: Arc<Notify>,
}

impl Outbox {
    /// How soon an endpoint that was added or disabled by another server is known here.
    pub const REFRESH: Duration = Duration::from_secs(5);

    /// Delivers by `deps`, and has batches tell `audience`.
    pub fn new(deps: OutboxDeps, audience: watch::Sender<Arc<Audience>>) -> Self {
        Self { deps, audience, backlog: watch::Sender::default(), woken: Arc::default() }
    }

    /// Gives how much is not delivered, as far as it is known.
    pub fn backlog(&self) -> watch::Receiver<Backlog> {
        self.backlog.subscribe()
    }

    /// Gives what wakes this server's deliveries when it has written one: others see it when they look.
    pub fn waker(&self) -> Arc<Notify> {
        Arc::clone(&self.woken)
    }

    /// Works until `stop` resolves. What is being delivered then is given up: it is due again when its lease is over.
    pub async fn run(&self, stop: impl Future<Output = ()> + Send) {
        tokio::select! {
            () = stop => {}
            () = self.deliver_notices() => {}
            () = self.deliver_to_endpoints() => {}
            () = self.watch_backlog() => {}
        }
    }

    /// Takes a delivery, has it tried, and says what came of it; `false` if it was not due.
    async fn deliver<F>(&self, id: EventId, lease: Duration, attempt: impl FnOnce(Delivery) -> F + Send) -> bool
    where
        F: Future<Output = Tried> + Send,
    {
        let delivery = match self.deps.commands.submit(ClaimDelivery { id, lease }).await {
            Ok(DeliveryLease { delivery, .. }) => delivery,
            Err(Failure::Refused(_not_due)) => return false,
            Err(Failure::Fault(fault)) => {
                warn!(fault = %Chain(&fault), "a delivery cannot be taken and will be tried again");
                return false;
            }
        };
        let (target, fence, kind) = (delivery.target, delivery.version, delivery.event.kind());
        let is_first = delivery.attempts == 0;
        let tried = attempt(delivery).await;
        if let Tried::Failed(why) = &tried {
            // The first failure may be news; later ones are expected.
            if is_first {
                warn!(event.id = %id, event.kind = %kind, target = %target, "{kind} cannot be delivered: {why}");
            } else {
                debug!(event.id = %id, event.kind = %kind, target = %target, "{kind} cannot be delivered: {why}");
            }
        }
        let is_done = tried == Tried::Delivered;
        match self.deps.commands.submit(EndDelivery { id, fence, target, tried }).await {
            Ok(Ended::Parked) => parked(id, target),
            Ok(Ended::Delivered | Ended::Waiting { .. }) => {}
            Err(Failure::Refused(_stale)) => debug!(event.id = %id, "another server took the delivery over"),
            // Nothing is lost: it is due again when the lease is over, under the same id.
            Err(Failure::Fault(fault)) => warn!(fault = %Chain(&fault), "a delivery cannot be ended"),
        }
        is_done
    }
}

fn parked(id: EventId, target: Target) {
    match target {
        Target::Notice => {
            error!(event.id = %id, "a notice could not be delivered for three days and is parked; see hongbao admin outbox");
        }
        Target::Webhook(endpoint) => error!(
            event.id = %id, webhook.id = %endpoint,
            "endpoint {endpoint} has not taken a delivery for three days and is disabled; see hongbao admin webhook"
        ),
    }
}

fn unreadable(fault: &Fault) {
    warn!(fault = %Chain(fault), "the outbox cannot be read and will be tried again");
}
