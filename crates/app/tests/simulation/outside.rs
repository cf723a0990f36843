//! What a server tells the outside in the background: notices over the cloud, and events to endpoints.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use hongbao_app::{OpenedNotice, Outbox, OutboxDeps, Timing};
use hongbao_domain::{
    outbox::{Audience, Delivery, Target},
    webhook::{AddEndpoint, Endpoint, WebhookSecret},
};
use hongbao_ports::{NotTaken, Submit, Webhooks};
use hongbao_testkit::Ports;
use tokio::time::sleep;

use crate::{
    cloud::{Deed, LossyCloud},
    process::Process,
    told::{ENDPOINTS, Told, What},
    world::endpoint,
};

/// The longest call to an endpoint.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How often it is looked for something to deliver.
const INTERVAL: Duration = Duration::from_secs(3);

/// The longest pause before a delivery that has failed is tried again, and more.
const LONGEST_PAUSE: Duration = Duration::from_hours(2);

#[async_trait]
impl Webhooks for LossyCloud {
    async fn post(&self, endpoint: &Endpoint, delivery: &Delivery) -> Result<(), NotTaken> {
        let what = What::Event(Box::new(delivery.event.clone()));
        let told = Told { id: delivery.id, to: Target::Webhook(endpoint.id), what };
        self.call(Deed::Tell(told)).await.map_err(|refusal| NotTaken(refusal.code().to_owned()))
    }
}

/// Adds the endpoints.
pub(crate) async fn add_endpoints(ports: &Ports) {
    for (number, events) in ENDPOINTS {
        let endpoint = AddEndpoint {
            id: endpoint(number),
            url: "https://app.example/hooks".parse().expect("it is an address"),
            events: events.iter().copied().collect(),
            secret: WebhookSecret::new(vec![number; 24]).expect("it is long enough"),
        };
        ports.commands.submit(endpoint).await.expect("an endpoint can be added");
    }
}

/// Makes the deliveries of a server, and has its batches tell.
pub(crate) async fn outbox(process: &Process, ports: &Ports, outside: &Arc<LossyCloud>) -> Outbox {
    let world = &process.world;
    let deps = OutboxDeps {
        commands: ports.commands.clone(),
        queries: ports.queries.clone(),
        im_cloud: outside.clone(),
        webhooks: outside.clone(),
        ids: world.ids.clone(),
        timing: Timing::default(),
        webhook_timeout: TIMEOUT,
        interval: INTERVAL,
        audience: Audience {
            tells_of_claims: world.opened_notice == OpenedNotice::Deferred,
            tells_of_refunds: true,
            endpoints: Vec::new(),
        },
    };
    let outbox = Outbox::new(deps, ports.audience.clone());
    outbox.refresh().await.expect("the endpoints can be read");
    outbox
}

/// Delivers until the process is dead, or no server does anything by itself any more.
pub(crate) fn deliver(process: &Process, outbox: Outbox) {
    let (dead, is_over) = (process.dead.clone(), process.world.is_over.clone());
    tokio::spawn(async move {
        let stop = async move {
            tokio::select! {
                biased;
                () = dead.cancelled() => {}
                () = is_over.cancelled() => {}
            }
        };
        outbox.run(stop).await;
    });
}

/// Delivers what had to wait because it had failed.
pub(crate) async fn deliver_the_rest(outbox: &Outbox) {
    sleep(LONGEST_PAUSE).await;
    outbox.run(sleep(10 * INTERVAL)).await;
}
