//! The end of what others left behind.

mod backoff;

use std::{
    future::{Future, ready},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::future::join_all;
use hongbao_domain::{
    id::TransferId,
    ledger::AccountKey,
    red_packet::{Cancel, CancelRefusal, Expire, ExpireRefusal, PacketRef, ReleaseClaim, ReleaseRefusal},
};
use hongbao_ports::{
    Chain, Failure, Fault, FaultKind, Ids, Ledger,
    query::{Except, LedgerQueries, Overdue},
};
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tracing::{debug, error, info, warn};

use self::backoff::Backoff;
use crate::random_window::random_window;

/// Finds packets and claims whose lease or time is over, and cancels, releases or expires them.
///
/// It selects candidates first and submits commands afterwards; the ledger judges each again, so any number of
/// replicas may sweep at once and one that dies leaves nothing behind. They share the work by chance: each takes a window
/// at a random place among the candidates, and looks again.
///
/// What cannot be helped at the moment is left alone for a while, so that it never hides the rest: all packets of an
/// account that cannot take its money back because it is full, and a packet that cannot be read.
#[derive(Clone)]
pub struct CleanUp {
    ledger: Arc<dyn Ledger>,
    queries: Arc<dyn LedgerQueries>,
    ids: Arc<dyn Ids>,
    stuck: Arc<Mutex<Stuck>>,
}

/// What is left alone.
#[derive(Default)]
struct Stuck {
    full: Backoff<AccountKey>,
    broken: Backoff<TransferId>,
}

/// What one sweep did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Packets whose publisher never finished.
    pub cancelled: usize,
    /// Claims whose claimer never finished.
    pub released: usize,
    /// Packets that no user claimed in time.
    pub expired: usize,
    /// Candidates that the ledger refused (another writer was first) or could not handle.
    pub left: usize,
    /// Of those that were left, how many led to something that is left alone for a while from now on.
    pub put_off: usize,
    /// Candidates that were seen and not tried.
    pub untried: usize,
}

impl Swept {
    /// Whether another sweep at once is worth it.
    const fn goes_on(&self) -> bool {
        self.untried > 0 && self.cancelled + self.released + self.expired + self.put_off > 0
    }
}

impl CleanUp {
    /// The most candidates of one kind that are looked at.
    pub const LIMIT: u32 = 256;

    /// The most candidates of one kind in one sweep: few, so that replicas seldom meet at the same ones.
    pub const WINDOW: usize = 32;

    /// Watches over `ledger`, of which `queries` says what is overdue.
    pub fn new(ledger: Arc<dyn Ledger>, queries: Arc<dyn LedgerQueries>, ids: Arc<dyn Ids>) -> Self {
        Self { ledger, queries, ids, stuck: Arc::default() }
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
        let except = self.stuck().waiting(Instant::now());
        let seen = self.queries.overdue(Self::LIMIT, &except).await?;
        let seen_count = seen.sending.len() + seen.claiming.len() + seen.expired.len();
        let overdue = Overdue {
            sending: random_window(seen.sending, Self::WINDOW, self.ids.as_ref()),
            claiming: random_window(seen.claiming, Self::WINDOW, self.ids.as_ref()),
            expired: random_window(seen.expired, Self::WINDOW, self.ids.as_ref()),
        };
        let cancelled = join_all(overdue.sending.iter().map(|packet| async {
            let outcome = self.ledger.cancel(Cancel { packet: *packet }).await;
            let outcome = Outcome::of(outcome, |refusal| matches!(refusal, CancelRefusal::BalanceOverflow));
            if outcome == Outcome::Done {
                info!(packet.id = %packet.id, "packet {} cancelled: its lease was over", packet.id);
            }
            (*packet, outcome)
        }));
        let released = join_all(overdue.claiming.iter().map(|claim| async {
            let release = ReleaseClaim { packet: claim.packet, taker: claim.taker, fence: claim.fence };
            let outcome = self.ledger.release_claim(release).await;
            let outcome = Outcome::of(outcome, |refusal| matches!(refusal, ReleaseRefusal::BalanceOverflow));
            if outcome == Outcome::Done {
                let id = claim.packet.id;
                info!(packet.id = %id, user.id = %claim.taker, "claim on packet {id} released");
            }
            (claim.packet, outcome)
        }));
        let expired = join_all(overdue.expired.iter().map(|packet| async {
            let outcome = self.ledger.expire(Expire { packet: *packet }).await;
            let outcome = Outcome::of(outcome, |refusal| matches!(refusal, ExpireRefusal::BalanceOverflow));
            if outcome == Outcome::Done {
                info!(packet.id = %packet.id, "packet {} expired", packet.id);
            }
            (*packet, outcome)
        }));
        let (cancelled, released, expired) = tokio::join!(cancelled, released, expired);
        let all = [&cancelled[..], &released[..], &expired[..]].concat();
        let count =
            |outcomes: &[(PacketRef, Outcome)]| outcomes.iter().filter(|(_, end)| *end == Outcome::Done).count();
        Ok(Swept {
            cancelled: count(&cancelled),
            released: count(&released),
            expired: count(&expired),
            left: all.len() - count(&all),
            put_off: self.stuck().put_off(&all, Instant::now()),
            untried: seen_count - all.len(),
        })
    }

    /// Nothing panics while the lock is held.
    fn stuck(&self) -> MutexGuard<'_, Stuck> {
        self.stuck.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What became of one candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It is finished or undone.
    Done,
    /// Another writer was first, or the ledger is away.
    Left,
    /// Its money cannot go back: the sender's account is full.
    Full,
    /// It cannot be handled at all.
    Broken,
}

impl Outcome {
    fn of<T, R: std::fmt::Debug>(answer: Result<T, Failure<R>>, is_full: impl Fn(&R) -> bool) -> Self {
        match answer {
            Ok(_) => Self::Done,
            Err(Failure::Refused(refusal)) if is_full(&refusal) => Self::Full,
            Err(Failure::Refused(refusal)) => {
                debug!(?refusal, "the clean-up came second");
                Self::Left
            }
            Err(Failure::Fault(fault)) => {
                warn!(fault = %Chain(&fault), "the clean-up cannot finish what was left behind");
                if fault.kind() == FaultKind::Internal { Self::Broken } else { Self::Left }
            }
        }
    }
}

impl Stuck {
    /// Gives what is to be left alone at `now`.
    fn waiting(&self, now: Instant) -> Except {
        Except { accounts: self.full.waiting(now).collect(), packets: self.broken.waiting(now).collect() }
    }

    /// Leaves alone what could not be helped, and says so once for each; gives how many that were.
    fn put_off(&mut self, outcomes: &[(PacketRef, Outcome)], now: Instant) -> usize {
        let mut count = 0;
        for (packet, outcome) in outcomes {
            let account = AccountKey { user: packet.sender, coin: packet.coin };
            let pause = match outcome {
                Outcome::Done => {
                    self.full.forget(account);
                    self.broken.forget(packet.id);
                    None
                }
                Outcome::Left => None,
                Outcome::Full => self.full.put_off(account, now),
                Outcome::Broken => self.broken.put_off(packet.id, now),
            };
            let Some(pause) = pause else { continue };
            count += 1;
            let (id, seconds) = (packet.id, pause.as_secs());
            if *outcome == Outcome::Full {
                let AccountKey { user, coin } = account;
                error!(
                    user.id = %user, coin.id = %coin, packet.id = %id,
                    "money cannot go back to {user}, whose {coin} account cannot hold more; the next try is in {seconds} s"
                );
            } else {
                error!(packet.id = %id, "packet {id} cannot be handled; the next try is in {seconds} s");
            }
        }
        count
    }
}
