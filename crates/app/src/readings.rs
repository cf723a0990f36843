//! What the store says of itself, read now and then for those who watch the server.

use std::{future::Future, sync::Arc, time::Duration};

use hongbao_domain::time::Timestamp;
use hongbao_ports::{
    Chain, Clock, Fault,
    query::{InProgress, LedgerQueries, ProgressQueries},
};
use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior, interval_at, sleep},
};
use tracing::warn;

use crate::audits::{AuditStarter, Audits, audit_money};

/// What was read last, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading<T> {
    /// What was read.
    pub value: T,
    /// When the reading had ended.
    pub at: Timestamp,
    /// How long it took.
    pub took: Duration,
}

/// What is known of the store. At first nothing is.
#[derive(Debug, Clone, Default)]
pub struct Latest {
    /// What has begun and not ended.
    pub progress: Option<Reading<InProgress>>,
}

/// What is read, and how often.
pub struct ReadingsDeps {
    /// Where it is noted what an audit found.
    pub audits: Audits,
    /// The money.
    pub ledger: Arc<dyn LedgerQueries>,
    /// What has not ended.
    pub progress: Arc<dyn ProgressQueries>,
    /// Dates the readings.
    pub clock: Arc<dyn Clock>,
    /// How often it is counted what has not ended.
    pub interval: Duration,
    /// How often the money is audited; `None`: never.
    pub audit_interval: Option<Duration>,
}

/// Reads the store again and again. No scrape and no request waits for it.
pub struct Readings {
    deps: ReadingsDeps,
    latest: watch::Sender<Latest>,
}

impl Readings {
    /// When the first audit begins at the latest: soon, but not while all servers start.
    const FIRST_AUDIT: Duration = Duration::from_mins(1);

    /// After an audit the store is left alone for so many times as long as it took.
    const REST: u32 = 9;

    /// Has nothing read yet.
    pub fn new(deps: ReadingsDeps) -> Self {
        Self { deps, latest: watch::Sender::default() }
    }

    /// Gives what was read last, now and whenever it is asked.
    pub fn latest(&self) -> watch::Receiver<Latest> {
        self.latest.subscribe()
    }

    /// Reads until `stop` resolves. A reading that is under way then is given up.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) {
        tokio::select! {
            () = stop => {}
            () = async { tokio::join!(self.watch_progress(), self.watch_money()); } => {}
        }
    }

    async fn watch_progress(&self) {
        let mut ticks = interval_at(Instant::now(), self.deps.interval);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            match self.read(self.deps.progress.in_progress()).await {
                Ok(progress) => self.latest.send_modify(|latest| latest.progress = Some(progress)),
                Err(fault) => warn!(fault = %Chain(&fault), "what is in progress cannot be counted; it is tried again"),
            }
        }
    }

    async fn watch_money(&self) {
        let Some(interval) = self.deps.audit_interval else { return };
        sleep(interval.min(Self::FIRST_AUDIT)).await;
        loop {
            let begun = Instant::now();
            let ReadingsDeps { audits, ledger, clock, .. } = &self.deps;
            // One that runs because an administrator has asked for it will do.
            if audits.begin(AuditStarter::Interval, clock.now()) {
                audits.run(clock.as_ref(), audit_money(ledger.as_ref())).await;
            }
            sleep(Self::rest(interval, begun.elapsed())).await;
        }
    }

    /// Gives how long after an audit the next one begins.
    fn rest(interval: Duration, took: Duration) -> Duration {
        interval.saturating_sub(took).max(took.saturating_mul(Self::REST))
    }

    async fn read<T>(&self, reading: impl Future<Output = Result<T, Fault>>) -> Result<Reading<T>, Fault> {
        let begun = Instant::now();
        let value = reading.await?;
        Ok(Reading { value, at: self.deps.clock.now(), took: begun.elapsed() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn audits_follow_their_interval_and_take_a_tenth_of_the_time_at_most() {
        let rest = |interval, took| Readings::rest(Duration::from_secs(interval), Duration::from_secs(took)).as_secs();
        assert_eq!([rest(3_600, 0), rest(3_600, 10), rest(3_600, 360), rest(3_600, 400)], [3_600, 3_590, 3_240, 3_600]);
        assert_eq!(rest(60, 3_600), 32_400);
    }
}
