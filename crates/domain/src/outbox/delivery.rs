//! One thing to tell one party.

use std::{fmt, str::FromStr, time::Duration};

use super::Event;
use crate::{
    id::{EndpointId, EventId, ParseIdError},
    store::Row,
    time::{Term, Timestamp},
};

/// Whom a delivery goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// The client of a user, by a notice over the IM cloud.
    Notice,
    /// An endpoint of the app's backend.
    Webhook(EndpointId),
}

const NOTICE: &str = "notice";

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Notice => f.pad(NOTICE),
            Self::Webhook(endpoint) => endpoint.fmt(f),
        }
    }
}

impl FromStr for Target {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        if text == NOTICE { Ok(Self::Notice) } else { text.parse().map(Self::Webhook) }
    }
}

/// One thing to tell one party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The same at every try.
    pub id: EventId,
    /// Whom to tell.
    pub target: Target,
    /// What happened.
    pub event: Event,
    /// How far it has come.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// What the last try came to, if it failed.
    pub error: Option<String>,
    /// When it happened.
    pub created_at: Timestamp,
    /// When the row last changed.
    pub changed_at: Timestamp,
    /// Goes up by one with each step.
    pub version: u64,
}

/// How far a delivery has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// It is to be tried.
    Waiting {
        /// Not before.
        due_at: Timestamp,
    },
    /// It is being tried.
    Sending {
        /// Until when that one is trusted to finish.
        lease_until: Timestamp,
    },
    /// It was taken.
    Delivered,
    /// It was tried for the last time, unless an operator wants it tried again.
    Parked,
}

impl Row for Delivery {
    type Key = EventId;

    fn key(&self) -> EventId {
        self.id
    }
}

impl Delivery {
    /// How often a delivery is tried: over about three days.
    pub const MAX_ATTEMPTS: u32 = 77;

    /// The longest text that is kept of a failure, in characters.
    pub const MAX_ERROR: usize = 200;

    const FIRST_PAUSE: Duration = Duration::from_secs(5);
    const LONGEST_PAUSE: Duration = Duration::from_hours(1);

    /// Makes one that is due at once.
    pub(crate) const fn new(id: EventId, target: Target, event: Event, now: Timestamp) -> Self {
        let state = DeliveryState::Waiting { due_at: now };
        Self { id, target, event, state, attempts: 0, error: None, created_at: now, changed_at: now, version: 1 }
    }

    /// Says whether it may be tried now: it is due, or the one who had it did not finish in time.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        match self.state {
            DeliveryState::Waiting { due_at: ends_at } | DeliveryState::Sending { lease_until: ends_at } => {
                Term { ends_at, changed_at: self.changed_at }.is_over(now)
            }
            DeliveryState::Delivered | DeliveryState::Parked => false,
        }
    }

    /// Says whether the next try is the last one.
    pub const fn is_last_try(&self) -> bool {
        self.attempts.saturating_add(1) >= Self::MAX_ATTEMPTS
    }

    /// Gives how long after the last try the next one is: 5 s, then four times as long each time, up to an hour, and each a
    /// little more or less, so that what failed together is not tried together.
    pub(super) fn pause(&self) -> Duration {
        let factor = 4_u32.saturating_pow(self.attempts.saturating_sub(1));
        let pause = Self::FIRST_PAUSE.saturating_mul(factor).min(Self::LONGEST_PAUSE);
        let share = u32::try_from((self.id.to_u128() ^ u128::from(self.attempts)) % 1024).unwrap_or_default();
        pause / 4 * 3 + pause / 2 * share / 1024
    }

    /// Makes the next version of the row.
    pub(super) fn step(&self, state: DeliveryState, now: Timestamp) -> Self {
        Self { state, changed_at: now.max(self.changed_at), version: self.version + 1, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::alice;

    fn tried(attempts: u32, id: u128) -> Delivery {
        let event = Event::UserDisabled { user: alice() };
        let new = Delivery::new(EventId::from_u128(id), Target::Notice, event, Timestamp::from_micros(0));
        Delivery { attempts, ..new }
    }

    #[test]
    fn the_pause_grows_from_seconds_to_an_hour_and_ends_after_about_three_days() {
        let (mut shortest, mut longest) = (Duration::ZERO, Duration::ZERO);
        for attempts in 1..Delivery::MAX_ATTEMPTS {
            let usual = Duration::from_secs(5).saturating_mul(4_u32.saturating_pow(attempts - 1));
            let usual = usual.min(Duration::from_hours(1));
            let pauses: Vec<_> = (0..1024).map(|id| tried(attempts, id).pause()).collect();
            let (least, most) = (*pauses.iter().min().unwrap(), *pauses.iter().max().unwrap());
            assert_eq!(least, usual / 4 * 3, "after {attempts}");
            assert!(most > usual / 100 * 124 && most <= usual / 4 * 5, "after {attempts}: {most:?}");
            shortest += least;
            longest += most;
        }
        let days = |days: u64| Duration::from_hours(24 * days);
        assert!(shortest > days(2) && shortest + longest > days(5) && longest < days(4), "{shortest:?} {longest:?}");
    }

    #[test]
    fn a_target_is_read_as_it_is_written() {
        for target in [Target::Notice, Target::Webhook(EndpointId::from_u128(7))] {
            assert_eq!(target.to_string().parse(), Ok(target));
        }
        assert!("notices".parse::<Target>().is_err());
    }
}
