//! Alice has 1000.00 CNY, bob has an empty account, dora is disabled.

use std::{sync::Arc, time::Duration};

use hongbao_app::{Caller, CleanUp, Deadline, OpenedNotice, RedPacketDeps, RedPackets, Requests, Sagas, Timing, Waker};
use hongbao_domain::{
    id::{TransferId, UserId},
    red_packet::{BeginClaim, Packet, PacketRef, Publish, PublishRefusal, Published, Remark, Reserve},
    user::UserStatus,
};
use hongbao_ports::{Failure, Ids, MockImCloud};
use hongbao_testkit::{Faults, Moment::Before, OPEN, Ports, Step, TestStore, alice, bob};

pub(crate) const LEASE: Duration = Duration::from_secs(15);
pub(crate) const LIFE: Duration = Duration::from_hours(24);

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

/// The use cases over a ledger in memory.
pub(crate) struct Fixture {
    pub(crate) store: TestStore,
    /// What is to happen at the store and at the cloud.
    pub(crate) faults: Faults,
    /// The store behind the faults.
    pub(crate) ports: Ports,
    pub(crate) packets: RedPackets,
    pub(crate) sagas: Sagas,
}

pub(crate) fn requests(ports: &Ports) -> Requests {
    Requests::new(ports.commands.clone(), ports.queries.clone())
}

impl Fixture {
    pub(crate) async fn new(cloud: MockImCloud) -> Self {
        let store = TestStore::in_memory();
        store.add_coin("CNY", 2, "0.01", "1000000").await;
        for (user, is_active) in [("alice", true), ("bob", true), ("dora", false)] {
            store.set_status(user, UserStatus { is_active, ..OPEN }).await;
        }
        store.deposit("alice", "CNY", "1000").await;
        store.open_account("bob", "CNY").await;
        let (faults, sagas) = (Faults::default(), Sagas::new());
        let ports = faults.around_all(&store);
        let packets = RedPackets::new(RedPacketDeps {
            ledger: ports.ledger.clone(),
            requests: requests(&ports),
            packets: ports.queries.clone(),
            users: ports.queries.clone(),
            im_cloud: faults.around(Arc::new(cloud)),
            ids: store.ids.clone(),
            sagas: sagas.clone(),
            timing: Timing { lease: LEASE, ..Timing::default() },
            expires_in: LIFE,
            opened_notice: OpenedNotice::Required,
            outbox: Waker::default(),
        });
        Self { store, faults, ports, packets, sagas }
    }

    /// The clean-up of the same server.
    pub(crate) fn clean_up(&self) -> CleanUp {
        CleanUp::new(self.ports.ledger.clone(), self.ports.queries.clone(), self.store.ids.clone())
    }

    /// Publishes 5 CNY, and lets something happen to the packet while the cloud is being called.
    pub(crate) async fn publish_while(
        &self,
        meanwhile: impl AsyncFnOnce(PacketRef),
    ) -> Result<Published, Failure<PublishRefusal>> {
        let (mut gate, caller) = (self.faults.hold(Before(Step::NOTIFY)), asking(alice()));
        let (published, ()) = tokio::join!(self.packets.publish(&caller, publish("5")), async {
            gate.reached().await;
            meanwhile(self.only_packet().await.reference()).await;
            gate.open();
        });
        published
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
