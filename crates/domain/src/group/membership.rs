//! One user in one group: joining, then a member; or undone, until the cloud is known to agree.

use std::time::Duration;

use super::{Check, Desired, Finding, Group, GroupName, GroupState, NotDue, Stale};
use crate::{
    id::{GroupId, UserId},
    store::Row,
    time::{Term, Timestamp},
};

/// A user's place in a group. The row stays for ever, so that its version never starts over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    /// The group.
    pub group: GroupId,
    /// The user.
    pub user: UserId,
    /// How far it has come.
    pub state: MembershipState,
    /// When this row last changed.
    pub changed_at: Timestamp,
    /// One more at each change: the fence of the writer that took the row.
    pub version: u64,
}

impl Row for Membership {
    type Key = (GroupId, UserId);

    fn key(&self) -> (GroupId, UserId) {
        (self.group, self.user)
    }
}

/// How far a membership has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MembershipState {
    /// The cloud is being asked to take the user in.
    Joining {
        /// Until when the join is trusted to finish.
        lease_until: Timestamp,
        /// Whether an undo came before, of which a call may still be executed.
        after_undo: bool,
    },
    /// The user is a member.
    Member {
        /// The fence of the join that did it.
        joined: u64,
        /// The appointment with the cloud, where an undo came before.
        check: Option<Check>,
    },
    /// The join was undone; the cloud may still have to learn that.
    Leaving {
        /// The appointment with the cloud.
        check: Check,
    },
    /// The user is no member, and the cloud is known to agree.
    Gone,
}

/// Asks to prepare a join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrepareJoin {
    /// The group.
    pub group: GroupId,
    /// Who joins.
    pub user: UserId,
    /// How long the join, or the undo before it, is trusted to finish.
    pub lease: Duration,
}

/// A row that was taken for a join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedJoin {
    /// The version by which the row was taken.
    pub fence: u64,
    /// What the group is called.
    pub name: GroupName,
    /// Whether an earlier join must first be undone at the cloud, and the join then resumed.
    pub undo_first: bool,
}

/// Says why a join cannot begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrepareJoinRefusal {
    /// There is no such group, or not yet, or it was discarded.
    NotFound,
    /// The user is a member already.
    AlreadyMember,
    /// Another join of the same user is running.
    InProgress,
    /// An earlier join is being undone at this moment.
    BeingUndone,
}

/// Says why a join cannot be discarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiscardJoinRefusal {
    /// It has made the user a member.
    Joined,
}

impl Membership {
    /// Makes the place of a group's creator.
    pub const fn of_owner(group: &Group) -> Self {
        let state = MembershipState::Member { joined: 0, check: None };
        Self { group: group.id, user: group.owner, state, changed_at: group.changed_at, version: 1 }
    }

    /// Takes the user's row for a join, or for the undo that must come first.
    pub fn prepare(
        group: Option<&Group>,
        before: Option<&Self>,
        prepare: PrepareJoin,
        now: Timestamp,
    ) -> Result<(Self, PreparedJoin), PrepareJoinRefusal> {
        let PrepareJoin { group: id, user, lease } = prepare;
        let group = group.filter(|group| group.state == GroupState::Active).ok_or(PrepareJoinRefusal::NotFound)?;
        let joining = MembershipState::Joining { lease_until: now.after(lease), after_undo: false };
        let after = match before {
            None => Self { group: id, user, state: joining, changed_at: now, version: 1 },
            Some(before) => {
                let state = match before.state {
                    MembershipState::Member { .. } => return Err(PrepareJoinRefusal::AlreadyMember),
                    MembershipState::Joining { lease_until, .. } if !before.is_over(lease_until, now) => {
                        return Err(PrepareJoinRefusal::InProgress);
                    }
                    MembershipState::Leaving { check } if check.is_held && !before.is_over(check.due_at, now) => {
                        return Err(PrepareJoinRefusal::BeingUndone);
                    }
                    MembershipState::Joining { .. } => MembershipState::Leaving { check: Check::held(now, lease) },
                    MembershipState::Leaving { check } => {
                        MembershipState::Leaving { check: check.hold_for_join(now, lease) }
                    }
                    MembershipState::Gone => joining,
                };
                before.become_next(state, now)
            }
        };
        let undo_first = matches!(after.state, MembershipState::Leaving { .. });
        let prepared = PreparedJoin { fence: after.version, name: group.name.clone(), undo_first };
        Ok((after, prepared))
    }

    /// Goes on with the join after the undo that was taken with `fence`. A repeat changes nothing.
    pub fn resume(&self, fence: u64, lease: Duration, now: Timestamp) -> Result<Self, Stale> {
        match self.state {
            MembershipState::Leaving { check } if check.is_held && self.version == fence => {
                let state = MembershipState::Joining { lease_until: now.after(lease), after_undo: true };
                Ok(self.become_next(state, now))
            }
            MembershipState::Joining { after_undo: true, .. } if self.version == fence + 1 => Ok(*self),
            MembershipState::Joining { .. }
            | MembershipState::Member { .. }
            | MembershipState::Leaving { .. }
            | MembershipState::Gone => Err(Stale),
        }
    }

    /// Makes the user a member: the cloud has done the join that was taken with `fence`. A repeat changes nothing.
    ///
    /// Where an undo came before, the first check is `pause` later.
    pub fn activate(&self, fence: u64, pause: Duration, now: Timestamp) -> Result<Self, Stale> {
        match self.state {
            MembershipState::Joining { after_undo, .. } if self.version == fence => {
                let check = after_undo.then(|| Check::at(now.after(pause)));
                Ok(self.become_next(MembershipState::Member { joined: fence, check }, now))
            }
            MembershipState::Member { joined, .. } if joined == fence => Ok(*self),
            MembershipState::Joining { .. }
            | MembershipState::Member { .. }
            | MembershipState::Leaving { .. }
            | MembershipState::Gone => Err(Stale),
        }
    }

    /// Undoes the join that was taken with `fence`. A repeat changes nothing, nor does one who comes late.
    pub fn discard(&self, fence: u64, now: Timestamp) -> Result<Self, DiscardJoinRefusal> {
        match self.state {
            MembershipState::Joining { .. } if self.version == fence => {
                Ok(self.become_next(MembershipState::Leaving { check: Check::at(now) }, now))
            }
            MembershipState::Member { joined, .. } if joined == fence => Err(DiscardJoinRefusal::Joined),
            MembershipState::Joining { .. }
            | MembershipState::Member { .. }
            | MembershipState::Leaving { .. }
            | MembershipState::Gone => Ok(*self),
        }
    }

    /// Undoes a join that was never finished, once its lease is over; `None` where nothing has lapsed.
    pub fn lapse(&self, now: Timestamp) -> Option<Self> {
        match self.state {
            MembershipState::Joining { lease_until, .. } if self.is_over(lease_until, now) => {
                Some(self.become_next(MembershipState::Leaving { check: Check::at(now) }, now))
            }
            MembershipState::Joining { .. }
            | MembershipState::Member { .. }
            | MembershipState::Leaving { .. }
            | MembershipState::Gone => None,
        }
    }

    /// Takes the row for a check, if one is due; a join that was never finished is undone by that.
    pub fn claim_check(&self, lease: Duration, now: Timestamp) -> Result<(Self, Desired), NotDue> {
        let (state, desired) = match self.state {
            MembershipState::Joining { lease_until, .. } if self.is_over(lease_until, now) => {
                (MembershipState::Leaving { check: Check::held(now, lease) }, Desired::NoMember(self.user))
            }
            MembershipState::Leaving { check } if self.is_over(check.due_at, now) => {
                (MembershipState::Leaving { check: check.hold(now, lease) }, Desired::NoMember(self.user))
            }
            MembershipState::Member { joined, check: Some(check) } if self.is_over(check.due_at, now) => {
                let check = Some(check.hold(now, lease));
                (MembershipState::Member { joined, check }, Desired::Member(self.user))
            }
            MembershipState::Joining { .. }
            | MembershipState::Member { .. }
            | MembershipState::Leaving { .. }
            | MembershipState::Gone => return Err(NotDue),
        };
        Ok((self.become_next(state, now), desired))
    }

    /// Ends the check, or the undo, that was begun with `fence`; the next check is `pause` later, if there is one.
    pub fn end_check(&self, fence: u64, finding: Finding, pause: Duration, now: Timestamp) -> Result<Self, Stale> {
        let end = |check: Check| check.end(finding, pause, now);
        let state = match self.state {
            MembershipState::Leaving { check } if check.is_held && self.version == fence => {
                end(check).map_or(MembershipState::Gone, |check| MembershipState::Leaving { check })
            }
            MembershipState::Member { joined, check: Some(check) } if check.is_held && self.version == fence => {
                MembershipState::Member { joined, check: end(check) }
            }
            MembershipState::Joining { .. }
            | MembershipState::Member { .. }
            | MembershipState::Leaving { .. }
            | MembershipState::Gone => return Err(Stale),
        };
        Ok(self.become_next(state, now))
    }

    /// When this row must be looked after.
    pub fn due_at(&self) -> Option<Timestamp> {
        match self.state {
            MembershipState::Joining { lease_until, .. } => Some(lease_until),
            MembershipState::Member { check, .. } => check.map(|check| check.due_at),
            MembershipState::Leaving { check } => Some(check.due_at),
            MembershipState::Gone => None,
        }
    }

    /// Gives the appointment with the cloud, and what the cloud should have then.
    pub const fn check(&self) -> Option<(Check, Desired)> {
        match self.state {
            MembershipState::Leaving { check } => Some((check, Desired::NoMember(self.user))),
            MembershipState::Member { check: Some(check), .. } => Some((check, Desired::Member(self.user))),
            MembershipState::Joining { .. } | MembershipState::Member { check: None, .. } | MembershipState::Gone => {
                None
            }
        }
    }

    /// Whether the user counts as a member.
    pub const fn is_member(&self) -> bool {
        matches!(self.state, MembershipState::Member { .. })
    }

    /// Whether what this row carries since its last change has ended, or is due.
    fn is_over(&self, ends_at: Timestamp, now: Timestamp) -> bool {
        Term { ends_at, changed_at: self.changed_at }.is_over(now)
    }

    fn become_next(&self, state: MembershipState, now: Timestamp) -> Self {
        Self { state, changed_at: now.max(self.changed_at), version: self.version + 1, ..*self }
    }
}

#[cfg(test)]
mod tests;
