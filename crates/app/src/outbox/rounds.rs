//! Working through what is due to one party.

use std::{future::Future, time::Duration};

use futures_util::{StreamExt, stream};
use hongbao_domain::{id::EventId, outbox::Target};
use hongbao_ports::Fault;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::{Outbox, unreadable};
use crate::random_window::random_window;

/// The most deliveries that are looked at.
const LIMIT: u32 = 64;

/// The most in one round: few, so that replicas seldom meet at the same ones.
const WINDOW: usize = 16;

impl Outbox {
    /// Delivers what is due to `target`, `at_once` at a time, every interval, when woken, and as often as it gets on.
    pub(super) async fn deliver_all<F>(&self, target: Target, at_once: usize, deliver: impl Fn(EventId) -> F)
    where
        F: Future<Output = bool>,
    {
        let mut ticks = interval_at(Instant::now(), self.deps.interval);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut woken = self.waker.woken();
        loop {
            // Its sender is in `self`. In one order, so that a simulated history is the same each time.
            tokio::select! {
                biased;
                _ = ticks.tick() => {}
                _ = woken.changed() => {}
            }
            loop {
                match self.round(target, at_once, &deliver).await {
                    Ok(goes_on) if goes_on => {}
                    Ok(_) => break,
                    Err(fault) => {
                        unreadable(&fault);
                        break;
                    }
                }
            }
        }
    }

    /// Delivers one window of what is due, and says whether another at once is worth it.
    async fn round<F>(&self, target: Target, at_once: usize, deliver: &impl Fn(EventId) -> F) -> Result<bool, Fault>
    where
        F: Future<Output = bool>,
    {
        let due = self.deps.queries.due_deliveries(target, Duration::ZERO, LIMIT).await?;
        let is_full = due.len() > WINDOW;
        let window = random_window(due, WINDOW, self.deps.ids.as_ref());
        let delivered = stream::iter(window.into_iter().map(deliver)).buffer_unordered(at_once);
        let done = delivered.filter(|done| std::future::ready(*done)).count().await;
        Ok(is_full && done > 0)
    }
}

/// How long one who tries is trusted: for the call, and as long again for the store.
pub(super) fn lease_for(call: Duration) -> Duration {
    call + call.max(Duration::from_secs(10))
}
