//! One group: prepared, then active or discarded, and neither is ever left again.

use std::time::Duration;

use super::{Check, Desired, Finding, GroupName, Memo, NotDue, Stale};
use crate::{
    id::{GroupId, UserId},
    store::Row,
    time::{Term, Timestamp},
};

/// What a creator asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateGroup {
    /// The name.
    pub name: GroupName,
    /// What the creator says about the group.
    pub memo: Memo,
}

/// A group. Only an active one exists for anybody outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name for machines, never used twice.
    pub id: GroupId,
    /// Its name for people, whole.
    pub name: GroupName,
    /// What its creator says about it.
    pub memo: Memo,
    /// Who created it, and is its first member.
    pub owner: UserId,
    /// How far it has come.
    pub state: GroupState,
    /// When it was prepared.
    pub created_at: Timestamp,
    /// When this row last changed.
    pub changed_at: Timestamp,
    /// One more at each change: the fence of the writer that took the row.
    pub version: u64,
}

impl Row for Group {
    type Key = GroupId;

    fn key(&self) -> GroupId {
        self.id
    }
}

/// How far a group has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupState {
    /// The cloud is being asked to create it.
    Preparing {
        /// Until when its creator is trusted to finish.
        lease_until: Timestamp,
    },
    /// It exists.
    Active,
    /// It never existed; the cloud may still have to learn that.
    Discarded {
        /// The appointment with the cloud; `None` once it is known to have no such group.
        check: Option<Check>,
    },
}

/// Asks to prepare a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrepareGroup {
    /// Its id, fresh.
    pub id: GroupId,
    /// Its name.
    pub name: GroupName,
    /// What its creator says about it.
    pub memo: Memo,
    /// Who creates it.
    pub owner: UserId,
    /// How long the creator is trusted to finish.
    pub lease: Duration,
}

/// Says why a group cannot be prepared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrepareGroupRefusal {
    /// The id is not fresh: a defect of the generator that made it.
    IdTaken,
}

/// Says why a group cannot be activated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActivateGroupRefusal {
    /// There is no such group.
    NotFound,
    /// It was discarded, because its lease was over.
    Discarded,
}

/// Says why a group cannot be discarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiscardGroupRefusal {
    /// There is no such group.
    NotFound,
    /// It is active, and stays so.
    Active,
}

impl Group {
    /// Makes a group that the cloud is about to be asked for.
    pub fn prepare(prepare: PrepareGroup, now: Timestamp) -> Self {
        let PrepareGroup { id, name, memo, owner, lease } = prepare;
        let state = GroupState::Preparing { lease_until: now.after(lease) };
        Self { id, name, memo, owner, state, created_at: now, changed_at: now, version: 1 }
    }

    /// Brings the group to life. A repeat changes nothing.
    pub fn activate(&self, now: Timestamp) -> Result<Self, ActivateGroupRefusal> {
        match self.state {
            GroupState::Preparing { .. } => Ok(self.become_next(GroupState::Active, now)),
            GroupState::Active => Ok(self.clone()),
            GroupState::Discarded { .. } => Err(ActivateGroupRefusal::Discarded),
        }
    }

    /// Gives the group up for good, and makes an appointment with the cloud. A repeat changes nothing.
    pub fn discard(&self, now: Timestamp) -> Result<Self, DiscardGroupRefusal> {
        match self.state {
            GroupState::Preparing { .. } => {
                Ok(self.become_next(GroupState::Discarded { check: Some(Check::at(now)) }, now))
            }
            GroupState::Active => Err(DiscardGroupRefusal::Active),
            GroupState::Discarded { .. } => Ok(self.clone()),
        }
    }

    /// Gives up what was never finished, once its lease is over; `None` where nothing has lapsed.
    pub fn lapse(&self, now: Timestamp) -> Option<Self> {
        match self.state {
            GroupState::Preparing { lease_until } if self.is_over(lease_until, now) => {
                Some(self.become_next(GroupState::Discarded { check: Some(Check::at(now)) }, now))
            }
            GroupState::Preparing { .. } | GroupState::Active | GroupState::Discarded { .. } => None,
        }
    }

    /// Takes the group for a check, if one is due; what was never finished is discarded by that.
    pub fn claim_check(&self, lease: Duration, now: Timestamp) -> Result<Self, NotDue> {
        let check = match self.state {
            GroupState::Preparing { lease_until } if self.is_over(lease_until, now) => Check::held(now, lease),
            GroupState::Discarded { check: Some(check) } if self.is_over(check.due_at, now) => check.hold(now, lease),
            GroupState::Preparing { .. } | GroupState::Active | GroupState::Discarded { .. } => return Err(NotDue),
        };
        Ok(self.become_next(GroupState::Discarded { check: Some(check) }, now))
    }

    /// Ends the check that was begun with `fence`; the next one is `pause` later, if there is one.
    pub fn end_check(&self, fence: u64, finding: Finding, pause: Duration, now: Timestamp) -> Result<Self, Stale> {
        match self.state {
            GroupState::Discarded { check: Some(check) } if check.is_held && self.version == fence => {
                Ok(self.become_next(GroupState::Discarded { check: check.end(finding, pause, now) }, now))
            }
            GroupState::Preparing { .. } | GroupState::Active | GroupState::Discarded { .. } => Err(Stale),
        }
    }

    /// When this group must be looked after.
    pub fn due_at(&self) -> Option<Timestamp> {
        match self.state {
            GroupState::Preparing { lease_until } => Some(lease_until),
            GroupState::Active => None,
            GroupState::Discarded { check } => check.map(|check| check.due_at),
        }
    }

    /// Gives the appointment with the cloud, and what the cloud should have then.
    pub const fn check(&self) -> Option<(Check, Desired)> {
        match self.state {
            GroupState::Discarded { check: Some(check) } => Some((check, Desired::NoGroup { owner: self.owner })),
            GroupState::Preparing { .. } | GroupState::Active | GroupState::Discarded { check: None } => None,
        }
    }

    /// Whether what this row carries since its last change has ended, or is due.
    fn is_over(&self, ends_at: Timestamp, now: Timestamp) -> bool {
        Term { ends_at, changed_at: self.changed_at }.is_over(now)
    }

    fn become_next(&self, state: GroupState, now: Timestamp) -> Self {
        Self { state, changed_at: now.max(self.changed_at), version: self.version + 1, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{LEASE, NOON, alice};

    const MINUTE: Duration = Duration::from_mins(1);

    fn prepared() -> Group {
        let (name, memo) = ("好友".parse().unwrap(), Memo::default());
        Group::prepare(PrepareGroup { id: GroupId::from_u128(1), name, memo, owner: alice(), lease: LEASE }, NOON)
    }

    #[test]
    fn a_group_is_active_or_discarded_and_stays_so() {
        let (active, discarded) = (prepared().activate(NOON).unwrap(), prepared().discard(NOON).unwrap());
        assert_eq!(active.activate(NOON), Ok(active.clone()));
        assert_eq!(active.discard(NOON), Err(DiscardGroupRefusal::Active));
        assert_eq!(discarded.discard(NOON), Ok(discarded.clone()));
        assert_eq!(discarded.activate(NOON), Err(ActivateGroupRefusal::Discarded));
        assert_eq!(active.claim_check(LEASE, NOON.after(LEASE)), Err(NotDue));
    }

    #[test]
    fn a_lapsed_lease_discards_and_the_late_creator_finds_that_out() {
        assert_eq!(prepared().claim_check(LEASE, NOON), Err(NotDue));
        let late = NOON.after(LEASE);
        let held = prepared().claim_check(LEASE, late).unwrap();
        assert_eq!(held.state, GroupState::Discarded { check: Some(Check::held(late, LEASE)) });
        assert_eq!(held.activate(late), Err(ActivateGroupRefusal::Discarded));
    }

    #[test]
    fn what_has_lapsed_is_discarded_once_and_due_at_once() {
        assert_eq!(prepared().lapse(Timestamp::from_micros(NOON.after(LEASE).to_micros() - 1)), None);
        let late = NOON.after(LEASE);
        let lapsed = prepared().lapse(late).unwrap();
        assert_eq!((lapsed.state, lapsed.version), (GroupState::Discarded { check: Some(Check::at(late)) }, 2));
        assert_eq!(lapsed.activate(late), Err(ActivateGroupRefusal::Discarded));
        assert_eq!(lapsed.lapse(late), None);
        assert_eq!(prepared().activate(late).unwrap().lapse(late), None);
    }

    #[test]
    fn what_a_clock_that_was_ahead_has_set_is_over_when_it_is_set_right() {
        let year_ahead = NOON.after(Duration::from_hours(24 * 365));
        let (name, memo) = ("好友".parse().unwrap(), Memo::default());
        let prepare = PrepareGroup { id: GroupId::from_u128(1), name, memo, owner: alice(), lease: LEASE };
        let group = Group::prepare(prepare, year_ahead);
        assert!(group.lapse(NOON).is_some());

        let held = group.discard(year_ahead).unwrap().claim_check(LEASE, year_ahead).unwrap();
        let again = held.claim_check(LEASE, NOON).unwrap();
        assert_eq!((again.due_at(), again.changed_at), (Some(NOON.after(LEASE)), year_ahead));
        assert_eq!(again.claim_check(LEASE, NOON), Err(NotDue), "what is set by the true clock is kept");
        let waiting = held.end_check(held.version, Finding::Agrees, MINUTE, year_ahead).unwrap();
        assert!(waiting.claim_check(LEASE, NOON).is_ok(), "the next check does not wait for a year");
    }

    #[test]
    fn a_check_that_nobody_holds_is_not_ended_and_a_clock_that_jumps_back_not_followed() {
        let earlier = Timestamp::from_micros(NOON.to_micros() - 1);
        let discarded = prepared().discard(earlier).unwrap();
        assert_eq!(discarded.changed_at, NOON);
        assert_eq!(discarded.end_check(discarded.version, Finding::Agrees, MINUTE, NOON), Err(Stale));
    }

    #[test]
    fn a_discarded_group_is_left_alone_after_two_checks_that_agree() {
        let mut group = prepared().discard(NOON).unwrap();
        let mut now = NOON;
        for _ in 0..Check::ROUNDS {
            let held = group.claim_check(LEASE, now).unwrap();
            assert_eq!(held.claim_check(LEASE, now), Err(NotDue));
            assert_eq!(held.end_check(held.version - 1, Finding::Agrees, MINUTE, now), Err(Stale));
            group = held.end_check(held.version, Finding::Agrees, MINUTE, now).unwrap();
            assert_eq!(group.claim_check(LEASE, now), Err(NotDue));
            now = now.after(MINUTE);
        }
        assert_eq!((group.state, group.due_at()), (GroupState::Discarded { check: None }, None));
    }
}
