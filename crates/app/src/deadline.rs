//! Until when a request is answered.

use std::{future::Future, time::Duration};

use hongbao_ports::Fault;
use tokio::time::{Instant, timeout_at};

/// The moment by which a request has its answer, whatever is still running then.
///
/// It is taken once, when the head of the request has been read, and handed down: each step has what the steps before it
/// have left. A step with a time-out of its own, counted from its own beginning, would add to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// Takes the moment `span` from now.
    pub fn after(span: Duration) -> Self {
        Self(Instant::now() + span)
    }

    /// Gives the moment.
    pub const fn at(self) -> Instant {
        self.0
    }

    /// Gives the moment `span` earlier, or now if that has passed: until when something else may begin.
    #[must_use]
    pub fn earlier_by(self, span: Duration) -> Self {
        let now = Instant::now();
        Self(self.0.checked_sub(span).map_or(now, |moment| moment.max(now)))
    }

    /// Gives how much time is left; zero if it has passed.
    pub fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// Runs a step that may be dropped at any point, such as a read, for as long as there is time.
    ///
    /// # Errors
    ///
    /// Unavailable, if the deadline comes first: nothing was begun.
    pub async fn within<T>(self, step: impl Future<Output = T>) -> Result<T, Fault> {
        let late = |elapsed| Fault::unavailable("cannot read before the deadline").because(elapsed);
        timeout_at(self.0, step).await.map_err(late)
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use hongbao_ports::FaultKind;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn steps_share_one_deadline() {
        let deadline = Deadline::after(3 * SECOND);
        tokio::time::sleep(2 * SECOND).await;
        assert_eq!(deadline.left(), SECOND);
        assert_eq!(deadline.within(ready(7)).await.unwrap(), 7);

        let late = deadline.within(pending::<()>()).await.unwrap_err();

        assert_eq!((late.kind(), deadline.left()), (FaultKind::Unavailable, Duration::ZERO));
        assert_eq!(Instant::now(), deadline.at());
    }

    #[tokio::test(start_paused = true)]
    async fn an_earlier_moment_is_never_in_the_past() {
        let deadline = Deadline::after(3 * SECOND);
        assert_eq!(deadline.earlier_by(SECOND).left(), 2 * SECOND);
        assert_eq!(deadline.earlier_by(4 * SECOND).at(), Instant::now());
    }
}
