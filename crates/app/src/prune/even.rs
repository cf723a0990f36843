//! Whether the store's clock has run evenly.

use std::time::Duration;

use hongbao_domain::time::{CLOCK_SLACK, Timestamp};
use tokio::time::Instant;

/// Compares the store's clock with this process's own, which never jumps, and knows since when both have run alike.
///
/// What is deleted by its age must be that old by both. A clock that jumps for a while is not believed before it has run
/// evenly again for as long as [`EVEN_FOR`].
#[derive(Debug, Default)]
pub(super) struct EvenClock {
    run: Option<Run>,
}

/// For how long a clock must have run evenly before anything is deleted by it.
pub(super) const EVEN_FOR: Duration = Duration::from_hours(1);

#[derive(Debug, Clone, Copy)]
struct Run {
    since: Instant,
    last: (Timestamp, Instant),
}

impl EvenClock {
    /// Takes a reading of the store's clock, made at `at`; gives it back if it can be believed.
    pub(super) fn read(&mut self, clock: Timestamp, at: Instant) -> Option<Timestamp> {
        let since = self.run.filter(|run| goes_on(run.last, (clock, at))).map_or(at, |run| run.since);
        self.run = Some(Run { since, last: (clock, at) });
        (at.duration_since(since) >= EVEN_FOR).then_some(clock)
    }
}

/// Says whether both clocks moved by the same, but for a little.
fn goes_on((clock_before, before): (Timestamp, Instant), (clock, at): (Timestamp, Instant)) -> bool {
    let expected = clock_before.after(at.duration_since(before));
    clock <= expected.after(CLOCK_SLACK) && expected <= clock.after(CLOCK_SLACK)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);
    const MINUTE: Duration = Duration::from_mins(1);
    const YEAR: Duration = Duration::from_hours(24 * 365);

    /// Two clocks and what the watch says of them.
    struct Watched {
        even: EvenClock,
        begun_at: Instant,
        passed: Duration,
    }

    impl Watched {
        fn new() -> Self {
            Self { even: EvenClock::default(), begun_at: Instant::now(), passed: Duration::ZERO }
        }

        /// Lets a minute pass and reads a clock that is so far ahead.
        fn read(&mut self, ahead: Duration) -> Option<Timestamp> {
            self.passed += MINUTE;
            self.even.read(NOON.after(self.passed).after(ahead), self.begun_at + self.passed)
        }
    }

    #[test]
    fn a_clock_is_believed_after_an_hour_of_running_evenly() {
        let mut watched = Watched::new();
        assert!((0..60).all(|_| watched.read(Duration::ZERO).is_none()));
        assert_eq!(watched.read(Duration::ZERO), Some(NOON.after(MINUTE * 61)));
    }

    #[test]
    fn a_jump_ahead_or_back_begins_the_hour_anew() {
        for (first, second) in [(Duration::ZERO, YEAR), (YEAR, Duration::ZERO)] {
            let mut watched = Watched::new();
            assert!((0..61).filter_map(|_| watched.read(first)).count() == 1);
            assert!((0..60).all(|_| watched.read(second).is_none()));
            assert!(watched.read(second).is_some());
        }
    }

    #[test]
    fn a_clock_that_is_set_right_by_a_little_is_believed() {
        let mut watched = Watched::new();
        let readings = (0..61).filter_map(|minute| watched.read(CLOCK_SLACK * (minute % 2))).count();
        assert_eq!(readings, 1);
    }
}
