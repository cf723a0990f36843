//! Rows of groups and memberships that a step names or takes.

use super::{Desired, Group, GroupName, Membership};
use crate::{
    id::{GroupId, UserId},
    time::Timestamp,
};

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

/// A row that has to be compared with the cloud, or was never finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// A group that was discarded, or never finished.
    Group(GroupId),
    /// A membership that was undone or never finished, or that came after an undo.
    Membership(GroupId, UserId),
}

/// A row that was taken for a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckLease {
    /// Which row.
    pub due: Due,
    /// The version by which it was taken.
    pub fence: u64,
    /// What the group is, or would have been, called.
    pub name: GroupName,
    /// What the cloud should have, read while the row was taken.
    pub desired: Desired,
    /// How many checks of the row did not end in agreement before this one.
    pub failed: u32,
}

/// A row on which the cloud has not come to agree for long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stuck {
    /// Which row.
    pub due: Due,
    /// What the cloud should have.
    pub desired: Desired,
    /// How many checks did not end in agreement.
    pub failed: u32,
    /// When the next one is; while one is held, when its lease is over.
    pub next_at: Timestamp,
}

impl CheckLease {
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
        let (check, desired) = group.check()?;
        Some(Self { due: Due::Group(group.id), desired, failed: check.failed, next_at: check.due_at })
    }

    /// Describes a membership; `None` if the cloud is not to be asked about it.
    pub fn membership(membership: &Membership) -> Option<Self> {
        let (check, desired) = membership.check()?;
        let due = Due::Membership(membership.group, membership.user);
        Some(Self { due, desired, failed: check.failed, next_at: check.due_at })
    }
}
