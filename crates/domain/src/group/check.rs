//! Checks: whether the cloud has what is wanted, and what to do where it has not.

use std::time::Duration;

use crate::{id::UserId, time::Timestamp};

/// An appointment to compare the cloud with what is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// How many times in a row both must still agree.
    pub left: u8,
    /// When to look; while the check is held, until when its holder is trusted to end it.
    pub due_at: Timestamp,
    /// Whether somebody is at it.
    pub is_held: bool,
}

impl Check {
    /// How many times in a row both must agree. Once is not enough: a call that was given up may be executed later.
    pub const ROUNDS: u8 = 2;

    /// Makes a fresh appointment.
    pub const fn at(due_at: Timestamp) -> Self {
        Self { left: Self::ROUNDS, due_at, is_held: false }
    }

    /// Makes one that is held from the start.
    pub(super) fn held(now: Timestamp, lease: Duration) -> Self {
        Self { left: Self::ROUNDS, due_at: now.after(lease), is_held: true }
    }

    pub(super) fn is_due(self, now: Timestamp) -> bool {
        self.due_at <= now
    }

    /// Whether somebody is at it and may still act.
    pub(super) fn is_taken(self, now: Timestamp) -> bool {
        self.is_held && now < self.due_at
    }

    /// Takes the check. Whoever held it before and never ended it may have called the cloud: all begins anew.
    pub(super) fn hold(self, now: Timestamp, lease: Duration) -> Self {
        let left = if self.is_held { Self::ROUNDS } else { self.left };
        Self { left, ..Self::held(now, lease) }
    }

    /// Ends a check that is held; `None` once both have agreed often enough.
    pub(super) fn end(self, finding: Finding, next_at: Timestamp) -> Option<Self> {
        let left = match finding {
            Finding::Agrees => self.left.saturating_sub(1),
            Finding::Called => Self::ROUNDS,
            Finding::Unseen => self.left,
        };
        (left > 0).then_some(Self { left, due_at: next_at, is_held: false })
    }
}

/// What a check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// The cloud has what is wanted.
    Agrees,
    /// The cloud was called to change something, with whatever result.
    Called,
    /// The cloud did not show what it has, and was not called to change it.
    Unseen,
}

/// What the cloud should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// No group, and so no member of it.
    NoGroup {
        /// In whose name it was to be created.
        owner: UserId,
    },
    /// This user among the members.
    Member(UserId),
    /// The members without this user.
    NoMember(UserId),
}

/// How the cloud is brought to agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Correction {
    /// Dismiss the group.
    Dismiss {
        /// In whose name.
        owner: UserId,
    },
    /// Take the user in.
    Join(UserId),
    /// Take the user out.
    Quit(UserId),
}

impl Wanted {
    /// Compares with the members that the cloud lists, by their ids there; `None` if both agree.
    pub fn correction(self, members: &[String]) -> Option<Correction> {
        let is_there = |user: UserId| members.iter().any(|member| member == user.as_str());
        match self {
            Self::NoGroup { owner } => (!members.is_empty()).then_some(Correction::Dismiss { owner }),
            Self::Member(user) => (!is_there(user)).then_some(Correction::Join(user)),
            Self::NoMember(user) => is_there(user).then_some(Correction::Quit(user)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{LEASE, NOON, alice, bob};

    #[test]
    fn only_what_differs_is_corrected() {
        let members = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let (nobody, both) = (members(&[]), members(&["bob", "stranger!"]));

        assert_eq!(Wanted::NoGroup { owner: alice() }.correction(&nobody), None);
        let dismiss = Some(Correction::Dismiss { owner: alice() });
        assert_eq!(Wanted::NoGroup { owner: alice() }.correction(&both), dismiss);
        assert_eq!(Wanted::Member(bob()).correction(&both), None);
        assert_eq!(Wanted::Member(bob()).correction(&nobody), Some(Correction::Join(bob())));
        assert_eq!(Wanted::NoMember(bob()).correction(&nobody), None);
        assert_eq!(Wanted::NoMember(bob()).correction(&both), Some(Correction::Quit(bob())));
    }

    #[test]
    fn both_must_agree_twice_in_a_row() {
        let end = |check: Check, finding| check.end(finding, NOON);
        let first = end(Check::at(NOON), Finding::Agrees).unwrap();
        assert_eq!(first.left, 1);
        assert_eq!(end(first, Finding::Agrees), None);
        assert_eq!(end(first, Finding::Unseen), Some(first));
        assert_eq!(end(first, Finding::Called), Some(Check::at(NOON)));
    }

    #[test]
    fn a_check_that_was_never_ended_begins_anew() {
        let once = Check { left: 1, ..Check::at(NOON) };
        let held = once.hold(NOON, LEASE);
        assert_eq!((held.left, held.due_at, held.is_held), (1, NOON.after(LEASE), true));
        assert!(held.is_taken(NOON) && !held.is_taken(held.due_at) && held.is_due(held.due_at));
        assert_eq!(held.hold(held.due_at, LEASE).left, Check::ROUNDS);
    }
}
