//! How much is not delivered.

use std::time::Duration;

use hongbao_ports::query::Backlog;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tracing::{info, warn};

use super::{Outbox, unreadable};

/// How often it is counted.
const EVERY: Duration = Duration::from_secs(10);

impl Outbox {
    /// Counts again and again, and tells an operator of what has become much more, or is gone.
    pub(super) async fn watch_backlog(&self) {
        let mut ticks = interval_at(Instant::now(), EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut told = Backlog::default();
        loop {
            ticks.tick().await;
            match self.deps.queries.backlog().await {
                Ok(backlog) => {
                    self.backlog.send_replace(backlog);
                    told = tell(told, backlog);
                }
                Err(fault) => unreadable(&fault),
            }
        }
    }
}

/// Logs what is news, and gives what is known from then on.
fn tell(told: Backlog, now: Backlog) -> Backlog {
    let is_news = |told: u64, now: u64, least: u64| now >= least && now >= told.saturating_mul(2);
    let Backlog { waiting, parked } = now;
    let mut known = told;
    if is_news(told.waiting, waiting, Backlog::MANY) {
        warn!(outbox.waiting = waiting, "{waiting} deliveries wait to be made; see hongbao admin outbox list");
        known.waiting = waiting;
    }
    if is_news(told.parked, parked, 1) {
        warn!(outbox.parked = parked, "{parked} deliveries are parked; see hongbao admin outbox list --parked");
        known.parked = parked;
    }
    if waiting < Backlog::MANY && told.waiting > 0 {
        info!("the outbox is down to {waiting} deliveries");
        known.waiting = 0;
    }
    if parked == 0 {
        known.parked = 0;
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_is_told_when_it_begins_and_at_each_doubling() {
        let of = |waiting, parked| Backlog { waiting, parked };
        let mut told = of(0, 0);
        for (now, expected) in [
            (of(999, 0), of(0, 0)),
            (of(1_000, 1), of(1_000, 1)),
            (of(1_999, 1), of(1_000, 1)),
            (of(2_000, 2), of(2_000, 2)),
            (of(1_500, 0), of(2_000, 0)),
            (of(999, 1), of(0, 1)),
        ] {
            told = tell(told, now);
            assert_eq!(told, expected, "after {now:?}");
        }
    }
}
