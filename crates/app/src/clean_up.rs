//! The end of what others left behind.

use std::{future::Future, sync::Arc, time::Duration};

use futures_util::future::join_all;
use hongbao_domain::red_packet::{Cancel, CancelRefusal, Expire, ExpireRefusal, ReleaseClaim, ReleaseRefusal};
use hongbao_ports::{Chain, Failure, Fault, Ledger};
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tracing::{debug, error, info, warn};

/// Finds packets and claims whose lease or time is over, and cancels, releases or expires them.
///
/// It selects candidates first and submits commands afterwards; the ledger judges each again, so any number of
/// replicas may sweep at once and one that dies leaves nothing behind.
#[derive(Clone)]
pub struct CleanUp {
    ledger: Arc<dyn Ledger>,
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
}

impl CleanUp {
    /// The most candidates of one kind in one sweep.
    pub const LIMIT: u32 = 256;

    /// Watches over `ledger`.
    pub fn new(ledger: Arc<dyn Ledger>) -> Self {
        Self { ledger }
    }

    /// Sweeps every `every` until `stop` resolves. A sweep that has begun is finished.
    pub async fn run(&self, every: Duration, stop: impl Future<Output = ()> + Send) {
        let mut ticks = interval_at(Instant::now(), every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tokio::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => return,
                _ = ticks.tick() => {}
            }
            if let Err(fault) = self.sweep().await {
                warn!(fault = %Chain(&fault), "the clean-up cannot read the ledger and will try again");
            }
        }
    }

    /// Sweeps once.
    pub async fn sweep(&self) -> Result<Swept, Fault> {
        let overdue = self.ledger.overdue(Self::LIMIT).await?;
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
