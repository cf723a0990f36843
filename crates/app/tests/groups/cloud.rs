//! A cloud that loses answers and executes calls late, and that must not be asked to take out a real member.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use async_trait::async_trait;
use hongbao_domain::{
    group::GroupName,
    id::{GroupId, UserId},
    im_cloud::CloudRefusal,
};
use hongbao_ports::{CloudGroups, Lane, Turn, query::Queries};
use hongbao_testkit::TestStore;
use tokio::{task::yield_now, time::sleep};

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is executed and answered.
    Done,
    /// It is refused.
    Rejected,
    /// It is lost on its way.
    LostBefore,
    /// It is executed, and the answer is lost.
    LostAfter,
    /// There is no answer, and it is executed later.
    Late,
    /// It is executed and answered, and a try that was given up is executed later.
    DoneAndLate,
    /// It is executed and answered, but takes its time.
    Slow,
    /// No turn is there for it.
    NoTurn,
}

/// Longer than a join waits before it looks again.
const SLOWNESS: Duration = Duration::from_millis(300);

pub(crate) const FATES: [Fate; 8] = [
    Fate::Done,
    Fate::Rejected,
    Fate::LostBefore,
    Fate::LostAfter,
    Fate::Late,
    Fate::DoneAndLate,
    Fate::Slow,
    Fate::NoTurn,
];

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    In(GroupId, UserId),
    Out(GroupId, UserId),
    Dismiss(GroupId),
}

#[derive(Default)]
struct Memory {
    groups: BTreeMap<GroupId, BTreeSet<UserId>>,
    late: Vec<Deed>,
    fates: VecDeque<Fate>,
    exhausted: bool,
    undone: usize,
    shown: usize,
}

impl Memory {
    fn execute(&mut self, deed: Deed) {
        match deed {
            Deed::In(group, user) => _ = self.groups.entry(group).or_default().insert(user),
            Deed::Out(group, user) => {
                if let Some(members) = self.groups.get_mut(&group) {
                    members.remove(&user);
                }
            }
            Deed::Dismiss(group) => _ = self.groups.remove(&group),
        }
    }
}

pub(crate) struct LateCloud {
    store: Arc<dyn Queries>,
    memory: Mutex<Memory>,
}

impl LateCloud {
    pub(crate) fn new(store: &TestStore) -> Self {
        Self { store: store.queries.clone(), memory: Mutex::default() }
    }

    /// Says what becomes of the next calls, in their order; of all others: done.
    pub(crate) fn foresee(&self, fates: impl IntoIterator<Item = Fate>) {
        self.memory().fates = fates.into_iter().collect();
    }

    /// Executes what is late, the latest first where `backwards`.
    pub(crate) fn catch_up(&self, backwards: bool) {
        let mut memory = self.memory();
        let mut late = std::mem::take(&mut memory.late);
        if backwards {
            late.reverse();
        }
        for deed in late {
            memory.execute(deed);
        }
    }

    /// Has no turn for anybody until it is told otherwise.
    pub(crate) fn exhaust(&self, exhausted: bool) {
        self.memory().exhausted = exhausted;
    }

    /// Gives how often it was asked to take a member out, or to dismiss a group.
    pub(crate) fn undone(&self) -> usize {
        self.memory().undone
    }

    /// Gives how often it was asked to show the members of a group.
    pub(crate) fn shown(&self) -> usize {
        self.memory().shown
    }

    pub(crate) fn members_of(&self, group: GroupId) -> BTreeSet<UserId> {
        self.memory().groups.get(&group).cloned().unwrap_or_default()
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().expect("no test panics with the lock")
    }

    async fn next_fate(&self) -> Fate {
        let fate = self.memory().fates.pop_front().unwrap_or(Fate::Done);
        if fate == Fate::Slow {
            sleep(SLOWNESS).await;
        }
        yield_now().await;
        fate
    }

    async fn call(&self, turn: Turn, deed: Deed) -> Result<(), CloudRefusal> {
        turn.spend();
        let fate = self.next_fate().await;
        let mut memory = self.memory();
        match fate {
            Fate::Done | Fate::Slow => memory.execute(deed),
            Fate::Rejected => return Err(CloudRefusal::Rejected(None)),
            Fate::LostBefore => return Err(CloudRefusal::Unknown(None)),
            Fate::LostAfter => {
                memory.execute(deed);
                return Err(CloudRefusal::Unknown(None));
            }
            Fate::Late => {
                memory.late.push(deed);
                return Err(CloudRefusal::Unknown(None));
            }
            Fate::DoneAndLate => {
                memory.execute(deed);
                memory.late.push(deed);
            }
            Fate::NoTurn => return Err(CloudRefusal::Busy),
        }
        Ok(())
    }
}

#[async_trait]
impl CloudGroups for LateCloud {
    async fn turn(&self, _: Lane, within: Duration) -> Result<Turn, CloudRefusal> {
        if self.memory().exhausted {
            sleep(within).await;
            return Err(CloudRefusal::Busy);
        }
        let mut memory = self.memory();
        if memory.fates.front() == Some(&Fate::NoTurn) {
            memory.fates.pop_front();
            return Err(CloudRefusal::Busy);
        }
        Ok(Turn::grant())
    }

    async fn create(&self, turn: Turn, group: GroupId, _: &GroupName, owner: UserId) -> Result<(), CloudRefusal> {
        self.call(turn, Deed::In(group, owner)).await
    }

    async fn join(&self, turn: Turn, group: GroupId, _: &GroupName, user: UserId) -> Result<(), CloudRefusal> {
        self.call(turn, Deed::In(group, user)).await
    }

    async fn quit(&self, turn: Turn, group: GroupId, user: UserId) -> Result<(), CloudRefusal> {
        let rows = self.store.memberships(group).await.expect("they can be read");
        let is_member = rows.iter().any(|row| row.user == user && row.is_member());
        assert!(!is_member, "the cloud is asked to take out {user}, who is a member");
        self.memory().undone += 1;
        self.call(turn, Deed::Out(group, user)).await
    }

    async fn dismiss(&self, turn: Turn, group: GroupId, _: UserId) -> Result<(), CloudRefusal> {
        let rows = self.store.memberships(group).await.expect("they can be read");
        assert!(rows.is_empty(), "the cloud is asked to dismiss a group that has members");
        self.memory().undone += 1;
        self.call(turn, Deed::Dismiss(group)).await
    }

    async fn members(&self, turn: Turn, group: GroupId) -> Result<Vec<String>, CloudRefusal> {
        turn.spend();
        self.memory().shown += 1;
        let members = self.members_of(group).into_iter().map(|user| user.to_string()).collect();
        match self.next_fate().await {
            Fate::Done | Fate::DoneAndLate | Fate::Slow => Ok(members),
            Fate::Rejected => Err(CloudRefusal::Rejected(None)),
            Fate::LostBefore | Fate::LostAfter | Fate::Late => Err(CloudRefusal::Unknown(None)),
            Fate::NoTurn => Err(CloudRefusal::Busy),
        }
    }
}
