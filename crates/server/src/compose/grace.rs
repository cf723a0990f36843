//! How the time of a stop is divided.

use std::time::Duration;

use tokio::time::Instant;

/// Until when each part of a stop may last, counted from its beginning.
///
/// What one part leaves over goes to the next, and no part can take from what is kept for those after it: a caller who
/// sends nothing must not cost the ledger its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Grace {
    /// Bodies that are still arriving; then their requests are answered 121.
    pub(super) bodies: Duration,
    /// Requests; then their connections are cut.
    pub(super) requests: Duration,
    /// Sagas, also those whose callers are gone, and sweeps; then they are left to the next start.
    pub(super) sagas: Duration,
    /// The ledger's queue.
    pub(super) ledger: Duration,
    /// The store. This is the whole.
    pub(super) store: Duration,
}

impl Grace {
    /// Divides the whole.
    pub(super) const fn divide(whole: Duration) -> Self {
        Self {
            bodies: tenths(whole, 1),
            requests: tenths(whole, 7),
            sagas: tenths(whole, 8),
            ledger: tenths(whole, 9),
            store: whole,
        }
    }
}

const fn tenths(whole: Duration, count: u32) -> Duration {
    // Divided first, for ten years times nine is still a duration, but what is not a setting may be longer.
    whole.checked_div(10).expect("ten is not zero").saturating_mul(count)
}

/// A stop on its way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stop {
    pub(super) begun: Instant,
    pub(super) grace: Grace,
}

impl Stop {
    /// Gives how long something may still last that may last until `share`.
    pub(super) fn left(&self, share: Duration) -> Duration {
        self.left_at(Instant::now(), share)
    }

    fn left_at(&self, now: Instant, share: Duration) -> Duration {
        (self.begun + share).saturating_duration_since(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_has_time_that_those_before_it_cannot_take() {
        for whole in
            [Duration::from_millis(100), Duration::from_secs(1), Duration::from_secs(10), Duration::from_hours(1)]
        {
            let Grace { bodies, requests, sagas, ledger, store } = Grace::divide(whole);
            assert!(bodies < requests, "{whole:?}");
            for (before, after) in [(requests, sagas), (sagas, ledger), (ledger, store)] {
                assert!(after.saturating_sub(before) >= whole / 10, "{whole:?}");
            }
            assert_eq!(store, whole);
        }
    }

    #[test]
    fn the_default_is_divided_into_whole_seconds() {
        let seconds = Duration::from_secs;
        let divided = Grace {
            bodies: seconds(1),
            requests: seconds(7),
            sagas: seconds(8),
            ledger: seconds(9),
            store: seconds(10),
        };
        assert_eq!(Grace::divide(seconds(10)), divided);
    }

    #[test]
    fn a_part_that_begins_late_has_what_is_left_and_no_more() {
        let stop = Stop { begun: Instant::now(), grace: Grace::divide(Duration::from_secs(10)) };
        let late = stop.begun + Duration::from_millis(8_500);
        assert_eq!(stop.left_at(late, stop.grace.sagas), Duration::ZERO);
        assert_eq!(stop.left_at(late, stop.grace.ledger), Duration::from_millis(500));
        assert_eq!(stop.left_at(late, stop.grace.store), Duration::from_millis(1_500));
    }
}
