//! Delivering what the outside is told.

mod audience;
mod backlog;
mod notices;
mod rounds;
mod webhooks;

use std::{future::Future, sync::Arc, time::Duration};

use hongbao_domain::{
    id::{EndpointId, EventId},
    outbox::{Audience, ClaimDelivery, Delivery, DeliveryLease, EndDelivery, Ended, Target, Tried},
    time::Timestamp,
};
use hongbao_ports::{
    Chain, Commands, Failure, Fault, Ids, ImCloud, Submit, Webhooks,
    query::{Backlog, OutboxQueries},
};
use tokio::{sync::watch, time::timeout};
use tokio_util::task::TaskTracker;
use tracing::{Instrument, debug, error, warn};

use crate::{Timing, Waker};

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
    waker: Waker,
    calls: TaskTracker,
}

impl Outbox {
    /// How soon an endpoint that was added or disabled by another server is known here.
    pub const REFRESH: Duration = Duration::from_secs(5);

    /// Delivers by `deps`, and has batches tell `audience`.
    pub fn new(deps: OutboxDeps, audience: watch::Sender<Arc<Audience>>) -> Self {
        let (backlog, waker, calls) = (watch::Sender::default(), Waker::default(), TaskTracker::new());
        Self { deps, audience, backlog, waker, calls }
    }

    /// Gives how much is not delivered, as far as it is known.
    pub fn backlog(&self) -> watch::Receiver<Backlog> {
        self.backlog.subscribe()
    }

    /// Gives what wakes this server's deliveries.
    pub fn waker(&self) -> Waker {
        self.waker.clone()
    }

    /// Works until `stop` resolves, and then waits for what is being delivered. What does not end within the time of one call
    /// is due again when its lease is over.
    pub async fn run(&self, stop: impl Future<Output = ()> + Send) {
        tokio::select! {
            // In one order, so that a simulated history is the same each time.
            biased;
            () = stop => {}
            () = self.deliver_notices() => {}
            () = self.deliver_to_endpoints() => {}
            () = self.watch_backlog() => {}
        }
        self.calls.close();
        let longest = self.deps.webhook_timeout.max(self.deps.timing.cloud_timeout);
        if timeout(longest, self.calls.wait()).await.is_err() {
            warn!("some deliveries were still being made; they are made again");
        }
    }

    /// Takes a delivery, has it tried, and says what came of it; `false` if it was not due. That goes on to its end, also
    /// when the caller is dropped.
    async fn deliver<F>(
        &self,
        id: EventId,
        lease: Duration,
        attempt: impl FnOnce(Delivery) -> F + Send + 'static,
    ) -> bool
    where
        F: Future<Output = Tried> + Send,
    {
        let outbox = self.clone();
        let call = self.calls.spawn(async move { outbox.call(id, lease, attempt).await });
        call.await.unwrap_or_else(|panic| {
            error!(event.id = %id, "a delivery broke: {panic}");
            false
        })
    }

    async fn call<F>(&self, id: EventId, lease: Duration, attempt: impl FnOnce(Delivery) -> F + Send) -> bool
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
        let span = hongbao_traces::delivery(delivery.event.kind().as_str(), means(delivery.target));
        self.carry_out(delivery, attempt).instrument(span).await
    }

    /// Has a delivery that was taken tried, and says what came of it.
    async fn carry_out<F>(&self, delivery: Delivery, attempt: impl FnOnce(Delivery) -> F + Send) -> bool
    where
        F: Future<Output = Tried> + Send,
    {
        let (id, target, fence, kind) = (delivery.id, delivery.target, delivery.version, delivery.event.kind());
        let (is_first, is_last, since) = (delivery.attempts == 0, delivery.is_last_try(), delivery.created_at);
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
        let disables = match (&tried, target) {
            (Tried::Failed(_), Target::Webhook(endpoint)) if is_last && self.takes_nothing(endpoint, since).await => {
                Some(endpoint)
            }
            (Tried::Delivered | Tried::Failed(_) | Tried::Untried, Target::Notice | Target::Webhook(_)) => None,
        };
        match self.deps.commands.submit(EndDelivery { id, fence, tried, disables }).await {
            Ok(Ended::Parked) => parked(id, target),
            Ok(Ended::Disabled) => error!(
                event.id = %id, webhook.id = %target,
                "endpoint {target} has not taken an event for three days, nor any that came later, and is disabled; see hongbao admin webhook"
            ),
            Ok(Ended::Delivered | Ended::Waiting { .. }) => {}
            Err(Failure::Refused(_stale)) => debug!(event.id = %id, "another server took the delivery over"),
            // Nothing is lost: it is due again when the lease is over, under the same id.
            Err(Failure::Fault(fault)) => warn!(fault = %Chain(&fault), "a delivery cannot be ended"),
        }
        is_done
    }
}

impl Outbox {
    /// Says whether an endpoint was told of anything that happened after `since`, and took none of it. Where nothing did, or
    /// that cannot be known, it is not disabled.
    async fn takes_nothing(&self, endpoint: EndpointId, since: Timestamp) -> bool {
        let taken = self.deps.queries.has_taken(endpoint, since).await.unwrap_or_else(|fault| {
            unreadable(&fault);
            None
        });
        taken == Some(false)
    }
}

/// By what a party is told, as a word for traces.
const fn means(target: Target) -> &'static str {
    match target {
        Target::Notice => "notice",
        Target::Webhook(_) => "webhook",
    }
}

fn parked(id: EventId, target: Target) {
    match target {
        Target::Notice => {
            error!(event.id = %id, "a notice could not be delivered for three days and is parked; see hongbao admin outbox");
        }
        Target::Webhook(endpoint) => error!(
            event.id = %id, webhook.id = %endpoint,
            "endpoint {endpoint} has not taken an event for three days: it is parked; see hongbao admin outbox"
        ),
    }
}

fn unreadable(fault: &Fault) {
    warn!(fault = %Chain(fault), "the outbox cannot be read and will be tried again");
}
