//! The end of what others left behind.

use std::{
    future::{Future, ready},
    sync::Arc,
    time::Duration,
};

use futures_util::future::join_all;
use hongbao_domain::red_packet::{Cancel, CancelRefusal, Expire, ExpireRefusal, ReleaseClaim, ReleaseRefusal};
use hongbao_ports::{Chain, Failure, Fault, Ids, Ledger, Overdue};
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tracing::{debug, error, info, warn};

use crate::slice::slice;

/// Finds packets and claims whose lease or time is over, and cancels, releases or expires them.
///
/// It selects candidates first and submits commands afterwards; the ledger judges each again, so any number of
/// replicas may sweep at once and one that dies leaves nothing behind. They share the work by chance: each takes a slice
/// at a random place among the candidates, and looks again.
#[derive(Clone)]
pub struct CleanUp {
    ledger: Arc<dyn Ledger>,
    ids: Arc<dyn Ids>,
}

/// What one sweep did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Packets whose publisher never finished.
    pub cancelled: usize,
    /// Claims whose claimer never finished.
    pub released: usize,
    /// Packets that nobody claimed in time.
    pub expired: usize,
    /// Candidates that the ledger refused (somebody else was first) or could not handle.
    pub left: usize,
    /// Candidates that were seen and not tried.
    pub untried: usize,
}

impl Swept {
    /// Whether another sweep at once is worth it.
    const fn goes_on(&self) -> bool {
        self.untried > 0 && self.cancelled + self.released + self.expired > 0
    }
}

impl CleanUp {
    /// The most candidates of one kind that are looked at.
    pub const LIMIT: u32 = 256;

    /// The most candidates of one kind in one sweep: few, so that replicas seldom meet at the same ones.
    pub const SLICE: usize = 32;

    /// Watches over `ledger`.
    pub fn new(ledger: Arc<dyn Ledger>, ids: Arc<dyn Ids>) -> Self {
        Self { ledger, ids }
    }

    /// Sweeps every `every`, as often as there is something to do, until `stop` resolves. A sweep that has begun is
    /// finished.
    pub async fn run(&self, every: Duration, stop: impl Future<Output = ()> + Send) {
        let mut ticks = interval_at(Instant::now(), every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tokio::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => return,
                _ = ticks.tick() => {}
            }
            while self.goes_on().await {
                tokio::select! {
                    biased;
                    () = &mut stop => return,
                    () = ready(()) => {}
                }
            }
        }
    }

    /// Sweeps once, and says whether another sweep at once is worth it.
    async fn goes_on(&self) -> bool {
        match self.sweep().await {
            Ok(swept) => swept.goes_on(),
            Err(fault) => {
                warn!(fault = %Chain(&fault), "the clean-up cannot read the ledger and will try again");
                false
            }
        }
    }

    /// Sweeps once.
    pub async fn sweep(&self) -> Result<Swept, Fault> {
        let seen = self.ledger.overdue(Self::LIMIT).await?;
        let seen_count = seen.sending.len() + seen.claiming.len() + seen.expired.len();
        let overdue = Overdue {
            sending: slice(seen.sending, Self::SLICE, self.ids.as_ref()),
            claiming: slice(seen.claiming, Self::SLICE, self.ids.as_ref()),
            expired: slice(seen.expired, Self::SLICE, self.ids.as_ref()),
        };
        let cancelled = join_all(overdue.sending.iter().map(|packet| async {
            let outcome = self.ledger.cancel(Cancel { packet: *packet }).await;
            let full = |refusal: &_| matches!(refusal, CancelRefusal::AccountFull);
            report(
                outcome,
                full,
                || info!(packet.id = %packet.id, "packet {} cancelled: its lease was over", packet.id),
            )
        }));
        let released = join_all(overdue.claiming.iter().map(|claim| async {
            let release = ReleaseClaim { packet: claim.packet, taker: claim.taker, fence: claim.fence };
            let outcome = self.ledger.release_claim(release).await;
            let id = claim.packet.id;
            let full = |refusal: &_| matches!(refusal, ReleaseRefusal::AccountFull);
            report(outcome, full, || info!(packet.id = %id, user.id = %claim.taker, "claim on packet {id} released"))
        }));
        let expired = join_all(overdue.expired.iter().map(|packet| async {
            let outcome = self.ledger.expire(Expire { packet: *packet }).await;
            let full = |refusal: &_| matches!(refusal, ExpireRefusal::AccountFull);
            report(outcome, full, || info!(packet.id = %packet.id, "packet {} expired", packet.id))
        }));
        let (cancelled, released, expired) = tokio::join!(cancelled, released, expired);
        let count = |done: &[bool]| done.iter().filter(|done| **done).count();
        let all = [&cancelled[..], &released[..], &expired[..]].concat();
        Ok(Swept {
            cancelled: count(&cancelled),
            released: count(&released),
            expired: count(&expired),
            left: all.len() - count(&all),
            untried: seen_count - all.len(),
        })
    }
}

/// Logs what became of one candidate and says whether it was done.
fn report<T, R: std::fmt::Debug>(
    outcome: Result<T, Failure<R>>,
    is_stuck: impl Fn(&R) -> bool,
    done: impl FnOnce(),
) -> bool {
    match outcome {
        Ok(_) => {
            done();
            true
        }
        Err(Failure::Refused(refusal)) if is_stuck(&refusal) => {
            error!(?refusal, "money cannot go back: its owner's account cannot hold more");
            false
        }
        Err(Failure::Refused(refusal)) => {
            debug!(?refusal, "the clean-up came second");
            false
        }
        Err(Failure::Fault(fault)) => {
            warn!(fault = %Chain(&fault), "the clean-up cannot finish what was left behind");
            false
        }
    }
}
