//! Alice has 1000.00 CNY, bob has an empty account, dora is disabled.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use hongbao_app::{Caller, Deadline, RedPacketDeps, RedPackets, Sagas, Timing};
use hongbao_domain::{
    id::{TransferId, UserId},
    im_cloud::CloudRefusal,
    ledger::{AccountKey, Deposit, OpenAccount},
    money::{Amount, Coin, Scale},
    red_packet::{BeginClaim, Cancel, Packet, Publish, Remark, Reserve},
    user::UserStatus,
};
use hongbao_ports::{Ids, ImCloud, Ledger, MockImCloud, Notice, Turn, query::Queries};
use hongbao_testkit::TestStore;

use crate::flaky::FlakyLedger;

pub(crate) const LEASE: Duration = Duration::from_secs(15);
pub(crate) const LIFE: Duration = Duration::from_hours(24);

pub(crate) fn alice() -> UserId {
    "alice".parse().expect("an id")
}

pub(crate) fn bob() -> UserId {
    "bob".parse().expect("an id")
}

/// A request whose head has just been read.
pub(crate) fn asking(user: UserId) -> Caller {
    Caller::new(user, Deadline::after(Timing::default().deadline))
}

pub(crate) fn publish(amount: &str) -> Publish {
    Publish {
        receiver: bob(),
        coin: "CNY".parse().expect("an id"),
        quantity: amount.parse().expect("a decimal"),
        remark: Remark::default(),
    }
}

/// What happens at the ledger while the cloud is being called.
#[derive(Clone, Copy)]
enum Meanwhile {
    Claim,
    Cancel,
}

/// The use cases over a ledger in memory.
pub(crate) struct Scene {
    pub(crate) store: TestStore,
    pub(crate) ledger: Arc<FlakyLedger>,
    pub(crate) packets: RedPackets,
    pub(crate) world: RedPacketDeps,
    pub(crate) sagas: Sagas,
    meanwhile: Arc<Mutex<Option<Meanwhile>>>,
}

/// The mocked cloud, during whose calls something may happen elsewhere.
struct Cloud {
    mock: MockImCloud,
    ledger: Arc<dyn Ledger>,
    queries: Arc<dyn Queries>,
    meanwhile: Arc<Mutex<Option<Meanwhile>>>,
}

#[async_trait]
impl ImCloud for Cloud {
    async fn turn(&self, within: Duration) -> Result<Turn, CloudRefusal> {
        self.mock.turn(within).await
    }

    async fn notify(&self, turn: Turn, notice: &Notice) -> Result<(), CloudRefusal> {
        let meanwhile = self.meanwhile.lock().expect("no test panics with the lock").take();
        match meanwhile {
            Some(Meanwhile::Claim) => {
                let begin = BeginClaim { id: notice.packet, taker: notice.to, lease: LEASE };
                self.ledger.begin_claim(begin).await.expect("the packet is there");
            }
            Some(Meanwhile::Cancel) => {
                let packet = self.queries.packet(notice.packet).await.expect("it can be read").expect("it is there");
                self.ledger.cancel(Cancel { packet: packet.reference() }).await.expect("it is still being sent");
            }
            None => {}
        }
        self.mock.notify(turn, notice).await
    }
}

impl Scene {
    pub(crate) async fn new(mock: MockImCloud) -> Self {
        let store = TestStore::in_memory();
        let fen = |minor| Amount::from_minor(minor).expect("in bounds");
        let coin = Coin::try_new(publish("1").coin, Scale::new(2).expect("at most 18"), fen(1), Amount::MAX);
        store.ledger.add_coin(coin.expect("a coin")).await.expect("it is new");
        for (user, is_active) in [("alice", true), ("bob", true), ("dora", false)] {
            let status = UserStatus { is_active, takes_friend_requests: true };
            store.users.set_status(user.parse().expect("an id"), status).await.expect("it is stored");
        }
        let account = |user| AccountKey { user, coin: publish("1").coin };
        let reference = "first".parse().expect("a reference");
        store
            .ledger
            .deposit(Deposit { reference, account: account(alice()), amount: fen(100_000) })
            .await
            .expect("it is taken");
        store.ledger.open_account(OpenAccount { account: account(bob()) }).await.expect("it is opened");
        let (meanwhile, sagas) = (Arc::default(), Sagas::new());
        let ledger = Arc::new(FlakyLedger::new(&store));
        let cloud = Cloud {
            mock,
            ledger: store.ledger.clone(),
            queries: store.queries.clone(),
            meanwhile: Arc::clone(&meanwhile),
        };
        let world = RedPacketDeps {
            ledger: ledger.clone(),
            packets: ledger.clone(),
            users: store.queries.clone(),
            im_cloud: Arc::new(cloud),
            ids: store.ids.clone(),
            sagas: sagas.clone(),
            timing: Timing { lease: LEASE, ..Timing::default() },
            expires_in: LIFE,
        };
        Self { store, ledger, packets: RedPackets::new(world.clone()), world, sagas, meanwhile }
    }

    /// Lets the receiver begin a claim while the cloud is being called.
    pub(crate) fn claim_during_the_call(&self) {
        *self.meanwhile.lock().expect("no test panics with the lock") = Some(Meanwhile::Claim);
    }

    /// Lets a clean-up cancel the packet while the cloud is being called.
    pub(crate) fn cancel_during_the_call(&self) {
        *self.meanwhile.lock().expect("no test panics with the lock") = Some(Meanwhile::Cancel);
    }

    /// Leaves a packet behind as a publisher does who dies after the first step.
    pub(crate) async fn reserve_only(&self, amount: &str) {
        let Publish { receiver, coin, quantity, remark } = publish(amount);
        let (id, lease, expires_in) = (self.store.ids.transfer(), LEASE, LIFE);
        let reserve = Reserve { id, sender: alice(), receiver, coin, quantity, remark, lease, expires_in };
        self.store.ledger.reserve(reserve).await.expect("alice has it");
    }

    /// Leaves a claim behind as a claimer does who dies after the first step.
    pub(crate) async fn begin_only(&self, taker: UserId, id: TransferId) -> u64 {
        self.store.ledger.begin_claim(BeginClaim { id, taker, lease: LEASE }).await.expect("it is open").fence
    }

    pub(crate) async fn balance(&self, user: UserId) -> i128 {
        let holdings = self.store.queries.holdings(user).await.expect("it can be read");
        holdings.first().map_or(0, |holding| holding.balance.amount.minor())
    }

    pub(crate) async fn only_packet(&self) -> Packet {
        let mut packets = self.all_packets().await;
        assert_eq!(packets.len(), 1);
        packets.remove(0)
    }

    pub(crate) async fn no_packet(&self) -> bool {
        self.all_packets().await.is_empty()
    }

    async fn all_packets(&self) -> Vec<Packet> {
        let mut packets = Vec::new();
        for id in self.store.ids.transfers() {
            packets.extend(self.store.queries.packet(id).await.expect("it can be read"));
        }
        packets
    }
}
