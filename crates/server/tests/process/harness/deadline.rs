//! Waiting for another process, which cannot tell when it is ready.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

/// How long anything may take that should not take long, on a machine that is busy with other tests.
pub(crate) const QUICKLY: Duration = Duration::from_secs(5);

/// Between two looks. It bounds nothing: what a test waits for is a state, never a time.
const PAUSE: Duration = Duration::from_millis(5);

/// Looks again and again until there is something to see, and gives up after `limit`.
#[track_caller]
pub(crate) fn until<T>(limit: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(start.elapsed() < limit, "waited {limit:?} in vain for {what}");
        sleep(PAUSE);
    }
}
