//! Checks: whether the cloud has what is desired, and what to do where it has not.

use std::time::Duration;

use crate::{id::UserId, time::Timestamp};

/// An appointment to compare the cloud with what is desired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// How many times in a row both must still agree.
    pub left: u8,
    /// When to look; while the check is held, until when its holder is trusted to end it.
    pub due_at: Timestamp,
    /// Whether a holder is at it.
    pub is_held: bool,
    /// How many checks did not end in agreement since something changed.
    pub failed: u32,
}

impl Check {
    /// How many times in a row both must agree. Once is not enough: a call that was given up may be executed later.
    pub const ROUNDS: u8 = 2;

    /// After how many checks that did not end in agreement an operator should look.
    pub const STUCK_AFTER: u32 = 5;

    /// How many checks may fail before the next one is later than usual: a host that dies, or one call that is lost, must
    /// not put off what the next call mends.
    const FAILED_AS_USUAL: u32 = 2;

    /// The longest pause before the next check, unless the usual one is longer.
    pub const LONGEST_PAUSE: Duration = Duration::from_hours(6);

    /// Makes a fresh appointment.
    pub const fn at(due_at: Timestamp) -> Self {
        Self { left: Self::ROUNDS, due_at, is_held: false, failed: 0 }
    }

    /// Makes one that is held from the start.
    pub(super) fn held(now: Timestamp, lease: Duration) -> Self {
        Self { left: Self::ROUNDS, due_at: now.after(lease), is_held: true, failed: 0 }
    }

    /// Takes the check. A holder that had it before and never ended it may have called the cloud: all begins anew.
    pub(super) fn hold(self, now: Timestamp, lease: Duration) -> Self {
        let left = if self.is_held { Self::ROUNDS } else { self.left };
        Self { left, failed: self.failed, ..Self::held(now, lease) }
    }

    /// Takes the check for a new join, with which the count of failures begins anew.
    pub(super) fn hold_for_join(self, now: Timestamp, lease: Duration) -> Self {
        Self { failed: 0, ..self.hold(now, lease) }
    }

    /// Ends a check that is held; `None` once both have agreed often enough.
    ///
    /// The next one is `pause` later, and from the fourth failure on twice as late with each: what can never agree must not
    /// take the turns of what can.
    pub(super) fn end(self, finding: Finding, pause: Duration, now: Timestamp) -> Option<Self> {
        let left = match finding {
            Finding::Agrees => self.left.saturating_sub(1),
            Finding::Called => Self::ROUNDS,
            Finding::Unseen | Finding::Untried => self.left,
        };
        let (failed, pause) = if finding.is_failure() {
            (self.failed.saturating_add(1), backoff(pause, self.failed.saturating_sub(Self::FAILED_AS_USUAL)))
        } else {
            (self.failed, pause)
        };
        (left > 0).then_some(Self { left, due_at: now.after(pause), is_held: false, failed })
    }
}

/// Gives a pause that was doubled so often.
fn backoff(pause: Duration, doubled: u32) -> Duration {
    let longest = Check::LONGEST_PAUSE.max(pause);
    let factor = 2_u32.checked_pow(doubled).unwrap_or(u32::MAX);
    pause.checked_mul(factor).map_or(longest, |pause| pause.min(longest))
}

/// What a check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// The cloud has what is desired.
    Agrees,
    /// The cloud was called to change something, with whatever result.
    Called,
    /// The cloud did not show what it has, and was not called to change it.
    Unseen,
    /// We had no turn or no time to ask the cloud, or to correct it.
    Untried,
}

impl Finding {
    /// Whether the cloud was asked or called, and both do not agree yet.
    pub const fn is_failure(self) -> bool {
        match self {
            Self::Called | Self::Unseen => true,
            Self::Agrees | Self::Untried => false,
        }
    }

    /// Whether an operator should be told now, once, after so many failures before this finding.
    pub const fn makes_stuck(self, failed_before: u32) -> bool {
        self.is_failure() && failed_before.saturating_add(1) == Check::STUCK_AFTER
    }
}

/// What the cloud should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Desired {
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

impl Desired {
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

    const MINUTE: Duration = Duration::from_mins(1);

    #[test]
    fn only_what_differs_is_corrected() {
        let members = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let (nobody, both) = (members(&[]), members(&["bob", "stranger!"]));

        assert_eq!(Desired::NoGroup { owner: alice() }.correction(&nobody), None);
        let dismiss = Some(Correction::Dismiss { owner: alice() });
        assert_eq!(Desired::NoGroup { owner: alice() }.correction(&both), dismiss);
        assert_eq!(Desired::Member(bob()).correction(&both), None);
        assert_eq!(Desired::Member(bob()).correction(&nobody), Some(Correction::Join(bob())));
        assert_eq!(Desired::NoMember(bob()).correction(&nobody), None);
        assert_eq!(Desired::NoMember(bob()).correction(&both), Some(Correction::Quit(bob())));
    }

    #[test]
    fn both_must_agree_twice_in_a_row() {
        let end = |check: Check, finding| check.end(finding, MINUTE, NOON);
        let first = end(Check::at(NOON), Finding::Agrees).unwrap();
        assert_eq!((first.left, first.due_at), (1, NOON.after(MINUTE)));
        assert_eq!(end(first, Finding::Agrees), None);
        assert_eq!(end(first, Finding::Untried), Some(first));
        assert_eq!(end(first, Finding::Unseen), Some(Check { failed: 1, ..first }));
        assert_eq!(end(first, Finding::Called), Some(Check { failed: 1, ..Check::at(NOON.after(MINUTE)) }));
    }

    #[test]
    fn what_never_agrees_is_looked_at_less_and_less_but_never_forgotten() {
        let mut check = Check::at(NOON);
        let mut pauses = Vec::new();
        for finding in [Finding::Called, Finding::Unseen].into_iter().cycle().take(40) {
            let held = check.hold(check.due_at, LEASE);
            let ended = held.end(finding, 2 * MINUTE, check.due_at).unwrap();
            pauses.push((ended.due_at.to_micros() - check.due_at.to_micros()) / 60_000_000);
            check = ended;
        }
        assert_eq!(pauses[..12], [2, 2, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]);
        assert!(pauses[12..].iter().all(|minutes| *minutes == 360));
        assert_eq!(check.failed, 40);

        // What was our own doing does not count, nor is one agreement the end of it.
        assert_eq!(check.end(Finding::Untried, MINUTE, NOON).map(|check| check.failed), Some(40));
        let agreed = check.end(Finding::Agrees, MINUTE, NOON).unwrap();
        assert_eq!((agreed.left, agreed.failed, agreed.due_at), (1, 40, NOON.after(MINUTE)));
        assert_eq!(agreed.end(Finding::Agrees, MINUTE, NOON), None);
        assert_eq!(check.hold_for_join(NOON, LEASE).failed, 0);
    }

    #[test]
    fn a_pause_that_is_longer_than_the_longest_stays_as_it_is() {
        assert_eq!(backoff(Duration::from_hours(9), 0), Duration::from_hours(9));
        assert_eq!(backoff(Duration::from_hours(9), 7), Duration::from_hours(9));
        assert_eq!(backoff(Duration::MAX, u32::MAX), Duration::MAX);
    }

    #[test]
    fn an_operator_is_told_once() {
        let told: Vec<_> = (0..100).filter(|failed| Finding::Called.makes_stuck(*failed)).collect();
        assert_eq!(told, [Check::STUCK_AFTER - 1]);
        assert!(!Finding::Agrees.makes_stuck(4) && !Finding::Untried.makes_stuck(4) && Finding::Unseen.makes_stuck(4));
    }

    #[test]
    fn a_check_that_was_never_ended_begins_anew() {
        let once = Check { left: 1, ..Check::at(NOON) };
        let held = once.hold(NOON, LEASE);
        assert_eq!((held.left, held.due_at, held.is_held), (1, NOON.after(LEASE), true));
        assert_eq!(held.hold(held.due_at, LEASE).left, Check::ROUNDS);
    }
}
