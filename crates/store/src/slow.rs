//! What took long, in a line now and then instead of one for each.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use tracing::warn;

/// From here on something took long.
const LONG: Duration = Duration::from_secs(1);

/// How long one line stands for all that come after it.
const QUIET: Duration = Duration::from_secs(10);

/// Counts what takes 1 s or longer and logs it, at most one line in 10 s: under load there would be thousands.
#[derive(Debug)]
pub struct SlowLog {
    what: &'static str,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    count: u64,
    longest: Duration,
    logged_at: Option<Instant>,
}

impl SlowLog {
    /// `what` is done, as in "waits for a connection".
    pub fn new(what: &'static str) -> Self {
        Self { what, state: Mutex::default() }
    }

    /// Takes note of how long it took. What is not logged now is counted in the next line.
    pub fn note(&self, took: Duration) {
        let due = self.state.lock().unwrap_or_else(PoisonError::into_inner).note(took, Instant::now());
        if let Some((count, longest)) = due {
            let (what, longest_ms) = (self.what, u64::try_from(longest.as_millis()).unwrap_or(u64::MAX));
            warn!(count, longest_ms, "{count} {what} took longer than 1 s; the longest took {longest_ms} ms");
        }
    }
}

impl State {
    /// Gives what a line that is due says: how many there were since the last one, and how long the longest took.
    fn note(&mut self, took: Duration, now: Instant) -> Option<(u64, Duration)> {
        if took < LONG {
            return None;
        }
        self.count += 1;
        self.longest = self.longest.max(took);
        if self.logged_at.is_some_and(|logged| now < logged + QUIET) {
            return None;
        }
        let due = (self.count, self.longest);
        *self = Self { logged_at: Some(now), ..Self::default() };
        Some(due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_one_line_in_ten_seconds_which_counts_the_others() {
        let (mut state, begin) = (State::default(), Instant::now());
        let note = |state: &mut State, took, second| {
            state.note(Duration::from_millis(took), begin + Duration::from_secs(second))
        };
        assert_eq!(note(&mut state, 999, 0), None, "that is not long");
        assert_eq!(note(&mut state, 1_000, 0), Some((1, Duration::from_secs(1))));
        let flood: Vec<_> = (0..18_000).filter_map(|number| note(&mut state, 1_500 + number % 500, 9)).collect();
        assert_eq!(flood, []);

        assert_eq!(note(&mut state, 1_000, 10), Some((18_001, Duration::from_millis(1_999))));

        assert_eq!(note(&mut state, 1_000, 11), None);
        assert_eq!(note(&mut state, 1_200, 60), Some((2, Duration::from_millis(1_200))));
    }
}
