//! The use cases over a store in memory and a cloud that is late.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use hongbao_app::{
    Caller, Deadline, Requests, Sagas, Timing,
    groups::{GroupDeps, Groups, Reconciler},
};
use hongbao_domain::{
    group::{
        Check, CreateGroup, CreateRefusal, Group, GroupState, JoinRefusal, Joined, Membership, Memo, PrepareGroup,
        PrepareJoin,
    },
    id::{GroupId, UserId},
};
use hongbao_ports::{Failure, Fault, Ids};
use hongbao_testkit::{
    Faults,
    Moment::{After, Before},
    Ports, Step, TestStore, alice, bob,
};

use crate::cloud::LateCloud;

pub(crate) const LEASE: Duration = Duration::from_secs(15);
pub(crate) const PAUSE: Duration = Duration::from_mins(2);

/// A request whose head has just been read.
pub(crate) fn asking(user: UserId) -> Caller {
    Caller::new(user, Deadline::after(Timing::default().deadline))
}

pub(crate) struct Fixture {
    pub(crate) store: TestStore,
    /// What is to happen at the store.
    pub(crate) faults: Faults,
    pub(crate) cloud: Arc<LateCloud>,
    pub(crate) groups: Groups,
    pub(crate) reconciler: Reconciler,
}

pub(crate) fn deps(ports: &Ports, cloud: Arc<LateCloud>, ids: Arc<dyn Ids>) -> GroupDeps {
    let timing = Timing { lease: LEASE, ..Timing::default() };
    let requests = Requests::new(ports.commands.clone(), ports.queries.clone());
    let groups = ports.groups.clone();
    GroupDeps { groups, requests, cloud, ids, sagas: Sagas::new(), timing, check_pause: PAUSE }
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let (store, faults) = (TestStore::in_memory(), Faults::default());
        let cloud = Arc::new(LateCloud::new(&store));
        let ports = faults.around_all(&store);
        let deps = deps(&ports, cloud.clone(), store.ids.clone());
        let reconciler = Reconciler::new(deps.clone(), ports.queries);
        Self { store, faults, cloud, groups: Groups::new(deps), reconciler }
    }

    /// Breaks the next calls of each of these steps, before or after they are done.
    pub(crate) fn break_at(&self, steps: &[Step], after: bool, times: usize, fault: &Fault) {
        for step in steps {
            let moment = if after { After(*step) } else { Before(*step) };
            self.faults.fail_times(moment, times, fault.clone());
        }
    }

    pub(crate) async fn create(&self) -> Result<Group, Failure<CreateRefusal>> {
        let create = CreateGroup { name: "好友".parse().expect("a name"), memo: Memo::default() };
        self.groups.create(&asking(alice()), create).await
    }

    pub(crate) async fn join(&self, group: GroupId) -> Result<Joined, Failure<JoinRefusal>> {
        self.groups.join(&asking(bob()), group).await
    }

    /// A group of alice's that is there for everybody.
    pub(crate) async fn group(&self) -> GroupId {
        self.create().await.expect("nothing is in the way").id
    }

    /// Leaves a group behind as a creator does who dies after the first step.
    pub(crate) async fn prepare_only(&self) -> GroupId {
        let (id, name) = (self.store.ids.group(), "好友".parse().expect("a name"));
        let prepare = PrepareGroup { id, name, memo: Memo::default(), owner: alice(), lease: LEASE };
        self.store.groups.prepare_group(prepare).await.expect("it is new").id
    }

    /// Leaves a join behind as one does who dies after the first step; gives whether one could begin.
    pub(crate) async fn prepare_join_only(&self, group: GroupId) -> bool {
        self.store.groups.prepare_join(PrepareJoin { group, user: bob(), lease: LEASE }).await.is_ok()
    }

    pub(crate) async fn sweep(&self) {
        self.reconciler.sweep().await.expect("what is due can be read");
    }

    /// Lets the cloud execute what is late, and hours pass in which the reconciler works.
    pub(crate) async fn settle(&self) {
        self.faults.clear();
        self.cloud.foresee([]);
        self.cloud.catch_up(false);
        for _ in 0..8 {
            self.store.clock.advance(Check::LONGEST_PAUSE);
            self.sweep().await;
        }
        assert_eq!(self.store.queries.due(9).await.expect("it can be read"), [], "a row is still due");
    }

    pub(crate) async fn is_member(&self, group: GroupId) -> bool {
        self.members(group).await.contains(&bob())
    }

    pub(crate) async fn members(&self, group: GroupId) -> BTreeSet<UserId> {
        let rows = self.store.queries.memberships(group).await.expect("they can be read");
        rows.iter().filter(|row| row.is_member()).map(|row: &Membership| row.user).collect()
    }

    /// Whether the group exists for anybody.
    pub(crate) async fn exists(&self, group: GroupId) -> bool {
        let row = self.store.queries.group(group).await.expect("it can be read");
        row.is_some_and(|row| row.state == GroupState::Active)
    }

    /// Checks that our tables and the cloud agree on every group that was ever named.
    pub(crate) async fn assert_agreed(&self) {
        for group in self.store.ids.groups() {
            let members = self.members(group).await;
            assert_eq!(self.cloud.members_of(group), members, "the cloud and our members of {group}");
            assert_eq!(self.exists(group).await, !members.is_empty());
        }
    }
}
