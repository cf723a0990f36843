//! How long a request waits for an earlier one of the same user.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::{Deadline, Timing};

const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// What the steps at the store may take beside the call to the cloud.
const MARGIN: Duration = Duration::from_secs(1);

/// An answer must be on its way before the caller is told that the outcome is unknown.
const LAST_WORD: Duration = Duration::from_millis(200);

/// Waits in growing pauses, and knows until when something may still begin.
pub(crate) struct RetryWindow {
    pause: Duration,
    has_waited: bool,
    begin_until: Instant,
    end: Instant,
}

impl RetryWindow {
    /// Waits at most until there is just time for the answer.
    pub(crate) fn until(deadline: Deadline, timing: &Timing) -> Self {
        Self {
            pause: FIRST_PAUSE,
            has_waited: false,
            begin_until: deadline.earlier_by(timing.cloud_timeout + MARGIN).at(),
            end: deadline.earlier_by(LAST_WORD).at(),
        }
    }

    /// Whether to begin now: a request that has not waited for another always does.
    pub(crate) fn may_begin(&self) -> bool {
        !self.has_waited || self.has_time_for_a_call()
    }

    /// Whether a call to the cloud that begins now ends before the caller stops waiting.
    pub(crate) fn has_time_for_a_call(&self) -> bool {
        Instant::now() <= self.begin_until
    }

    /// Pauses; `false` if there is no time for another look.
    pub(crate) async fn pause(&mut self) -> bool {
        let next = Instant::now() + self.pause;
        if next > self.end {
            return false;
        }
        sleep_until(next).await;
        self.has_waited = true;
        self.pause = LONGEST_PAUSE.min(self.pause * 2);
        true
    }
}
