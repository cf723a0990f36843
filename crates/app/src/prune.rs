//! The end of rows that are kept for a while only.

mod even;

use std::{future::Future, sync::Arc, time::Duration};

use hongbao_domain::time::CLOCK_SLACK;
use hongbao_ports::{Chain, Fault, Pruned, Retention};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};
use tracing::{debug, warn};

use self::even::EvenClock;

/// Deletes what has been kept long enough, a few rows at a time and with pauses, so that it is never in the way of requests.
///
/// Any number of replicas may do it at once. Nothing is deleted before the store's clock has run evenly with that of this
/// process for an hour.
pub struct Pruner {
    store: Arc<dyn Retention>,
    clock: EvenClock,
}

impl Pruner {
    /// The most rows of one kind in one transaction.
    pub const WINDOW: u32 = 500;

    /// How often it is looked for something to delete.
    pub const INTERVAL: Duration = Duration::from_mins(1);

    /// How long requests have the store to themselves between two windows.
    const PAUSE: Duration = Duration::from_millis(50);

    /// Watches over what `store` keeps for a while.
    pub fn new(store: Arc<dyn Retention>) -> Self {
        Self { store, clock: EvenClock::default() }
    }

    /// Works every [`INTERVAL`](Self::INTERVAL) until `stop` resolves. A slice that is running then is given up.
    pub async fn run(mut self, stop: impl Future<Output = ()> + Send) {
        tokio::select! {
            () = stop => {}
            () = self.work() => {}
        }
    }

    async fn work(&mut self) {
        let mut ticks = interval_at(Instant::now(), Self::INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            loop {
                match self.prune().await {
                    Ok(pruned) if pruned.is_full(Self::WINDOW) => sleep(Self::PAUSE).await,
                    Ok(_) => break,
                    Err(fault) => {
                        warn!(fault = %Chain(&fault), "what was kept long enough cannot be deleted; it is tried again");
                        break;
                    }
                }
            }
        }
    }

    /// Deletes one slice, if the store's clock can be believed.
    pub async fn prune(&mut self) -> Result<Pruned, Fault> {
        let asked_at = Instant::now();
        let clock = self.store.clock().await?;
        // An answer that took long says nothing of how the clock runs.
        if asked_at.elapsed() > CLOCK_SLACK {
            return Ok(Pruned::default());
        }
        let Some(now) = self.clock.read(clock, Instant::now()) else { return Ok(Pruned::default()) };
        let pruned = self.store.prune(now, Self::WINDOW).await?;
        if pruned != Pruned::default() {
            debug!(?pruned, "rows that were kept long enough are deleted");
        }
        Ok(pruned)
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use hongbao_domain::{
        id::{SessionKey, UserId},
        time::Timestamp,
        user::UserStatus,
    };
    use hongbao_ports::Clock;
    use hongbao_testkit::{ManualClock, TestStore};

    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    /// A store in which alice has a session for a day.
    async fn logged_in() -> (TestStore, Pruner) {
        let test_store = TestStore::in_memory();
        let status = UserStatus { is_active: true, takes_friend_requests: true };
        test_store.users.set_status(alice(), status).await.unwrap();
        test_store.sessions.register(&key(), alice(), test_store.clock.now().after(DAY)).await.unwrap();
        let pruner = Pruner::new(test_store.retention.clone());
        (test_store, pruner)
    }

    fn alice() -> UserId {
        "alice".parse().unwrap()
    }

    fn key() -> SessionKey {
        "on-her-phone".parse().unwrap()
    }

    /// Lets both clocks go on, a minute at a time, and gives how many sessions were deleted.
    async fn go_on(test_store: &TestStore, pruner: &mut Pruner, minutes: u32) -> u64 {
        let mut sessions = 0;
        for _ in 0..minutes {
            test_store.clock.advance(Pruner::INTERVAL);
            tokio::time::advance(Pruner::INTERVAL).await;
            sessions += pruner.prune().await.unwrap().sessions;
        }
        sessions
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_over_by_both_clocks_is_deleted() {
        let (test_store, mut pruner) = logged_in().await;
        assert_eq!(go_on(&test_store, &mut pruner, 24 * 60 + 60).await, 0);
        assert_eq!(go_on(&test_store, &mut pruner, 1).await, 1);
    }

    /// A store that takes long to say what its clock is.
    struct Slow {
        store: Arc<dyn Retention>,
        clock: Arc<ManualClock>,
    }

    #[async_trait]
    impl Retention for Slow {
        async fn clock(&self) -> Result<Timestamp, Fault> {
            const LONG: Duration = Duration::from_secs(2);
            let now = self.store.clock().await;
            self.clock.advance(LONG);
            sleep(LONG).await;
            now
        }

        async fn prune(&self, now: Timestamp, limit: u32) -> Result<Pruned, Fault> {
            self.store.prune(now, limit).await
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_takes_long_to_answer_deletes_nothing() {
        let (test_store, _) = logged_in().await;
        let slow = Slow { store: test_store.retention.clone(), clock: test_store.clock.clone() };
        assert_eq!(go_on(&test_store, &mut Pruner::new(Arc::new(slow)), 26 * 60).await, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_is_ahead_for_a_while_deletes_nothing() {
        let (test_store, mut pruner) = logged_in().await;
        go_on(&test_store, &mut pruner, 90).await;
        let now = test_store.clock.now();

        test_store.clock.advance(365 * DAY);
        assert_eq!(go_on(&test_store, &mut pruner, 30).await, 0);
        test_store.clock.set(now);

        assert_eq!(go_on(&test_store, &mut pruner, 90).await, 0);
        assert_eq!(test_store.queries.user_of(&key()).await.unwrap(), Some(alice()));
    }
}
