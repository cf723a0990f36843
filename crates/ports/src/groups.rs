//! Groups and who is in them, as we keep them.

use std::time::Duration;

use async_trait::async_trait;
use hongbao_domain::{
    group::{
        ActivateGroupRefusal, DiscardGroupRefusal, DiscardJoinRefusal, Finding, Group, GroupName, Membership, NotDue,
        PrepareGroup, PrepareGroupRefusal, PrepareJoin, PrepareJoinRefusal, PreparedJoin, Stale, Wanted,
    },
    id::{GroupId, UserId},
    time::Timestamp,
};

use crate::{Failure, Fault};

/// A row that was taken: for a join, or for the undo before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JoinRef {
    /// The group.
    pub group: GroupId,
    /// Who joins.
    pub user: UserId,
    /// The version by which the row was taken.
    pub fence: u64,
}

/// A user who has become a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// The group.
    pub group: GroupId,
    /// What it is called.
    pub name: GroupName,
    /// How many members it has, the new one among them.
    pub member_count: u64,
}

/// Which row somebody must look after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// A group that was discarded, or never finished.
    Group(GroupId),
    /// A membership that was undone or never finished, or that came after an undo.
    Membership(GroupId, UserId),
}

/// A row that was taken for a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Which row.
    pub due: Due,
    /// The version by which it was taken.
    pub fence: u64,
    /// What the group is, or would have been, called.
    pub name: GroupName,
    /// What the cloud should have, read while the row was taken.
    pub wanted: Wanted,
    /// How many checks of the row did not end in agreement before this one.
    pub failed: u32,
}

/// A row on which the cloud has not come to agree for long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stuck {
    /// Which row.
    pub due: Due,
    /// What the cloud should have.
    pub wanted: Wanted,
    /// How many checks did not end in agreement.
    pub failed: u32,
    /// When the next one is; while one is held, when its lease is over.
    pub next_at: Timestamp,
}

impl Held {
    /// Gives the group.
    pub const fn group(&self) -> GroupId {
        match self.due {
            Due::Group(group) | Due::Membership(group, _) => group,
        }
    }
}

impl Stuck {
    /// Describes a group; `None` if the cloud is not to be asked about it.
    pub fn group(group: &Group) -> Option<Self> {
        let (check, wanted) = group.check()?;
        Some(Self { due: Due::Group(group.id), wanted, failed: check.failed, next_at: check.due_at })
    }

    /// Describes a membership; `None` if the cloud is not to be asked about it.
    pub fn membership(membership: &Membership) -> Option<Self> {
        let (check, wanted) = membership.check()?;
        let due = Due::Membership(membership.group, membership.user);
        Some(Self { due, wanted, failed: check.failed, next_at: check.due_at })
    }
}

/// Groups and memberships.
///
/// Every method that changes something is one atomic, durable step: `Ok` survives a crash of the machine, a refusal has
/// changed nothing, [`Failure::Fault`] says by its kind whether something may have changed. Time is the store's own,
/// read after everything that the step touches was locked. The rules stand in the domain, with the rows.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Groups: Send + Sync {
    /// Makes a group in state preparing, under a lease. An id that is there is refused, in whatever state.
    async fn prepare_group(&self, prepare: PrepareGroup) -> Result<Group, Failure<PrepareGroupRefusal>>;

    /// Brings a group to life, with its creator as first member. A repeat gives the same; once it is discarded, it is
    /// refused.
    async fn activate_group(&self, id: GroupId) -> Result<Group, Failure<ActivateGroupRefusal>>;

    /// Gives a group up for good and makes it due for a check at once. A repeat changes nothing; once it is active, it
    /// is refused.
    async fn discard_group(&self, id: GroupId) -> Result<(), Failure<DiscardGroupRefusal>>;

    /// Takes a user's row for a join, under a lease. Where an earlier join is not known to be undone at the cloud, the
    /// row is taken for that undo first; then [`resume_join`](Self::resume_join) goes on, or
    /// [`end_check`](Self::end_check) gives up. A repeat is refused as in progress, or as being undone.
    async fn prepare_join(&self, prepare: PrepareJoin) -> Result<PreparedJoin, Failure<PrepareJoinRefusal>>;

    /// Turns a row that was taken for an undo into a join, under a new lease, and gives it with its new fence. A repeat
    /// gives the same; once somebody else has taken the row, it is refused.
    async fn resume_join(&self, undo: JoinRef, lease: Duration) -> Result<JoinRef, Failure<Stale>>;

    /// Makes the user a member. A repeat gives the same, but for the count; once somebody else has taken the row, it is
    /// refused. Where an undo came before, the member is due for a check `pause` later.
    async fn activate_join(&self, join: JoinRef, pause: Duration) -> Result<Joined, Failure<Stale>>;

    /// Undoes a join and makes it due for a check at once. A repeat changes nothing, nor does one who comes late; once
    /// this join has made a member, it is refused.
    async fn discard_join(&self, join: JoinRef) -> Result<(), Failure<DiscardJoinRefusal>>;

    /// Gives up what was never finished: discards groups and undoes joins whose lease is over, at most `limit` of each
    /// kind, longest overdue first, in one atomic step. Each is due for a check at once. Gives how many rows that were;
    /// a repeat finds none. What an earlier undo or check has taken is not touched.
    async fn undo_lapsed(&self, limit: u32) -> Result<u64, Fault>;

    /// Gives at most `limit` rows of each kind that somebody must look after, longest overdue first. Candidates only:
    /// [`begin_check`](Self::begin_check) judges again. It costs the same however many more are due.
    async fn due(&self, limit: u32) -> Result<Vec<Due>, Fault>;

    /// Takes a row for a check, under a lease, and reads what is wanted in the same step. What was never finished is
    /// discarded or undone by that. Refused where nothing is due, or somebody else is at it.
    async fn begin_check(&self, due: Due, lease: Duration) -> Result<Held, Failure<NotDue>>;

    /// Ends the check, or the undo, that took the row with `fence`; the next one is due `pause` later, if both have not
    /// agreed often enough, and later still the more of them did not end in agreement. Refused once somebody else has taken the row; so is a repeat.
    async fn end_check(&self, due: Due, fence: u64, finding: Finding, pause: Duration) -> Result<(), Failure<Stale>>;

    /// Gives at most `limit` rows of each kind of which [`STUCK_AFTER`](hongbao_domain::group::Check::STUCK_AFTER) checks
    /// or more did not end in agreement since something changed, those with the most first.
    async fn stuck(&self, limit: u32) -> Result<Vec<Stuck>, Fault>;

    /// Gives a group in whatever state, for operators and tests; no user is ever shown one that is not active.
    async fn group(&self, id: GroupId) -> Result<Option<Group>, Fault>;

    /// Gives all rows of a group by their users, in whatever state, for operators and tests.
    async fn memberships(&self, id: GroupId) -> Result<Vec<Membership>, Fault>;
}
