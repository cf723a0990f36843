//! Alice's packets come back to her, and the outside is told.
#![expect(clippy::unwrap_used, reason = "a fixture that cannot be set up fails the test that wants it")]

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use async_trait::async_trait;
use hongbao_app::{Outbox, OutboxDeps, Timing};
use hongbao_domain::{
    id::EndpointId,
    outbox::{Audience, Delivery, EventKind},
    red_packet::{Confirm, Expire, Reserve},
    webhook::{AddEndpoint, Endpoint, WebhookSecret},
};
use hongbao_ports::{Clock, Ids, MockImCloud, MockWebhooks, NotTaken, Submit, Webhooks, query::Listed};
use hongbao_testkit::{TestStore, alice, bob};
use tokio::time::{Instant, sleep};

const LIFE: Duration = Duration::from_mins(1);

/// An endpoint that wants to know of refunds.
pub(crate) fn endpoint(number: u8) -> AddEndpoint {
    AddEndpoint {
        id: EndpointId::from_u128(number.into()),
        url: "https://app.example/hooks".parse().unwrap(),
        events: BTreeSet::from([EventKind::PacketRefunded]),
        secret: WebhookSecret::new(vec![number; 24]).unwrap(),
    }
}

/// Endpoints of which one is slow.
struct WithOneThatIsSlow {
    slow: EndpointId,
    by: Duration,
    all: Arc<dyn Webhooks>,
}

#[async_trait]
impl Webhooks for WithOneThatIsSlow {
    async fn post(&self, endpoint: &Endpoint, delivery: &Delivery) -> Result<(), NotTaken> {
        if self.slow == endpoint.id {
            sleep(self.by).await;
        }
        self.all.post(endpoint, delivery).await
    }
}

pub(crate) struct Fixture {
    pub(crate) store: TestStore,
    pub(crate) outbox: Outbox,
    deps: OutboxDeps,
}

impl Fixture {
    pub(crate) async fn new(cloud: MockImCloud, webhooks: MockWebhooks) -> Self {
        Self::looking_every(Duration::from_secs(1), cloud, webhooks).await
    }

    pub(crate) async fn looking_every(interval: Duration, cloud: MockImCloud, webhooks: MockWebhooks) -> Self {
        let store = TestStore::in_memory();
        store.add_coin("CNY", 2, "0.01", "1000000").await;
        store.deposit("alice", "CNY", "1000").await;
        let deps = OutboxDeps {
            commands: store.commands.clone(),
            queries: store.queries.clone(),
            im_cloud: Arc::new(cloud),
            webhooks: Arc::new(webhooks),
            ids: store.ids.clone(),
            timing: Timing::default(),
            webhook_timeout: Duration::from_secs(15),
            interval,
            audience: Audience { tells_of_refunds: true, ..Audience::default() },
        };
        let outbox = Outbox::new(deps.clone(), store.audience.clone());
        outbox.refresh().await.unwrap();
        Self { store, outbox, deps }
    }

    /// Has one endpoint answer only after so long.
    pub(crate) fn with_one_that_is_slow(mut self, slow: EndpointId, by: Duration) -> Self {
        let webhooks = WithOneThatIsSlow { slow, by, all: self.deps.webhooks.clone() };
        self.deps.webhooks = Arc::new(webhooks);
        self.outbox = Outbox::new(self.deps.clone(), self.store.audience.clone());
        self
    }

    /// Adds an endpoint, of which this server knows.
    pub(crate) async fn add(&self, endpoint: AddEndpoint) {
        self.store.commands.submit(endpoint).await.unwrap();
        self.outbox.refresh().await.unwrap();
    }

    /// A packet of three yuan comes back to alice.
    pub(crate) async fn refund(&self) {
        let (id, coin) = (self.store.ids.transfer(), "CNY".parse().unwrap());
        let (sender, receiver, quantity) = (alice(), bob(), "3".parse().unwrap());
        let reserve = Reserve {
            id,
            sender,
            receiver,
            coin,
            quantity,
            remark: "".parse().unwrap(),
            lease: LIFE,
            expires_in: LIFE,
        };
        let packet = self.store.ledger.reserve(reserve).await.unwrap().packet;
        self.store.ledger.confirm(Confirm { packet }).await.unwrap();
        self.store.clock.advance(LIFE);
        self.store.ledger.expire(Expire { packet }).await.unwrap();
    }

    /// Delivers for so long, by both clocks.
    pub(crate) async fn run_for(&self, span: Duration) {
        let (begun, clock) = (Instant::now(), self.store.clock.now());
        let tick = async {
            loop {
                sleep(self.deps.interval / 2).await;
                self.store.clock.set(self.store.clock.now().max(clock.after(begun.elapsed())));
            }
        };
        let stop = async {
            tokio::select! {
                () = sleep(span) => {}
                () = tick => {}
            }
        };
        self.outbox.run(stop).await;
    }

    pub(crate) async fn waiting(&self) -> Vec<Delivery> {
        self.store.queries.deliveries(Listed::Waiting { after: None }, 99).await.unwrap()
    }

    pub(crate) async fn parked(&self) -> Vec<Delivery> {
        self.store.queries.deliveries(Listed::Parked { after: None }, 99).await.unwrap()
    }
}
