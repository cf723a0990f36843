//! The use cases of one server, over its own door to the store that all servers share.

use std::{sync::Arc, time::Duration};

use hongbao_app::{
    CleanUp, Friends, Messages, Outbox, RedPacketDeps, RedPackets, Requests, Sagas, Timing, Waker,
    groups::{GroupDeps, Groups, Reconciler},
};
use hongbao_domain::message::ReservedNames;
use hongbao_ports::Fault;
use hongbao_store::{Batches, Settings};
use hongbao_testkit::{Faults, Moment::Before, Ports, Step};
use tokio::time::sleep;

use crate::{
    cloud::LossyCloud,
    outside,
    process::{Process, StallingCommands},
    store::LossyStore,
    world::World,
};

/// The longest time between two sweeps that the timing law allows, in milliseconds.
const SWEEP_MS: u64 = 3_000;

/// What a read of a use case or a sweep is called.
const READS: [Step; 7] =
    [Step::IS_IN_USE, Step::STATUS, Step::PACKET, Step::OVERDUE, Step::DUE, Step::LAPSED, Step::DUE_DELIVERIES];

pub(crate) struct Server {
    pub(crate) process: Arc<Process>,
    /// What is to happen at its reads.
    faults: Faults,
    pub(crate) packets: RedPackets,
    pub(crate) groups: Groups,
    pub(crate) friends: Friends,
    pub(crate) messages: Messages,
    pub(crate) clean_up: CleanUp,
    pub(crate) reconciler: Reconciler,
    pub(crate) outbox: Outbox,
}

impl Server {
    pub(crate) async fn start(world: &Arc<World>, name: String) -> Arc<Self> {
        let process = Arc::new(Process::start(world, name));
        let store = Arc::new(LossyStore::new(process.clone()));
        let door = Arc::new(Batches::start(store, world.ids.clone(), Settings::default()));
        let ports = Ports::new(door, world.rows.clone());
        let commands = Arc::new(StallingCommands { commands: ports.commands.clone(), process: process.clone() });
        let ports = Ports { ledger: commands.clone(), groups: commands.clone(), commands, ..ports };
        let (faults, cloud) = (Faults::default(), Arc::new(LossyCloud::of(process.clone())));
        let is_spared = world.chances.read == 0;
        let ports = if is_spared { ports } else { faults.around_all(&ports) };
        let outbox = outside::outbox(&process, &ports, &cloud).await;
        let Ports { ledger, groups, commands, queries, .. } = ports;
        let requests = Requests::new(commands, queries.clone());
        let (ids, sagas, timing) = (world.ids.clone(), Sagas::new(), Timing::default());
        let packets = RedPackets::new(RedPacketDeps {
            ledger: ledger.clone(),
            requests: requests.clone(),
            packets: queries.clone(),
            users: queries.clone(),
            im_cloud: cloud.clone(),
            ids: ids.clone(),
            sagas: sagas.clone(),
            timing,
            expires_in: world.life,
            opened_notice: world.opened_notice,
            // Which of several tasks that were woken goes first is not our chance.
            outbox: Waker::default(),
        });
        let groups = GroupDeps {
            groups,
            requests: requests.clone(),
            cloud: cloud.clone(),
            ids: ids.clone(),
            sagas: sagas.clone(),
            timing,
            check_pause: Duration::from_mins(2),
        };
        let server = Arc::new(Self {
            process,
            faults,
            packets,
            groups: Groups::new(groups.clone()),
            friends: Friends::new(requests.clone(), queries.clone(), 99, sagas.clone()),
            messages: Messages::new(requests, queries.clone(), cloud, ReservedNames::default(), sagas, timing),
            clean_up: CleanUp::new(ledger, queries.clone(), ids),
            reconciler: Reconciler::new(groups, queries),
            outbox,
        });
        server.sweep();
        outside::deliver(&server.process, server.outbox.clone());
        server
    }

    /// Sweeps every few seconds, as its own loops would; those take turns by a chance that is not ours.
    fn sweep(self: &Arc<Self>) {
        let first = Duration::from_millis(self.process.world.below(3_000).try_into().expect("it is small"));
        let server = Arc::clone(self);
        tokio::spawn(async move {
            sleep(first).await;
            while server.sweeps() {
                drop(server.clean_up.sweep().await);
                sleep(Duration::from_millis(SWEEP_MS)).await;
            }
        });
        let server = Arc::clone(self);
        tokio::spawn(async move {
            sleep(first).await;
            while server.sweeps() {
                drop(server.reconciler.sweep().await);
                sleep(Duration::from_millis(SWEEP_MS)).await;
            }
        });
    }

    fn sweeps(&self) -> bool {
        !self.process.dead.is_cancelled() && !self.process.world.is_over.is_cancelled()
    }

    /// Breaks a read that comes later, or not.
    pub(crate) fn maybe_break_a_read(&self) {
        let world = &self.process.world;
        if world.happens(world.chances.read) {
            let step = READS[world.below(READS.len())];
            self.process.note(&format!("will not read {step:?}"));
            self.faults.fail(Before(step), Fault::unavailable("a read broke"));
        }
    }

    /// Lets all reads be as they are.
    pub(crate) fn heal(&self) {
        self.faults.clear();
    }
}
