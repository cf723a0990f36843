//! Bringing the cloud's groups to agree with ours.

use std::{future::Future, sync::Arc, time::Duration};

use futures_util::{StreamExt, stream};
use hongbao_domain::{
    group::{Check, CheckLease, Correction, Due, Finding, NotDue, Stale},
    im_cloud::CloudRefusal,
};
use hongbao_ports::{Chain, Failure, Fault, Lane, Turn, query::GroupQueries};
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tracing::{debug, info, warn};

use super::GroupDeps;
use crate::{lease::Lease, random_window::random_window};

/// Gives up what was never finished, and compares with the cloud what was undone and who joined after an undo, until
/// both agree twice, minutes apart. What does not come to agree is looked at less and less often. Checks have a part of the
/// quota of their own, and take none from users' requests.
///
/// What was never finished is undone in our store without asking the cloud, so that it never waits for a turn there.
///
/// It selects candidates first and takes each row by its version, so any number of replicas may work at once and one
/// that dies leaves nothing behind. They share the work by chance: each takes a window at a random place among the
/// candidates, and looks again. What is wanted is read while the row is taken, and a new join cannot take it
/// meanwhile: so no user who should be a member is ever made to quit.
#[derive(Clone)]
pub struct Reconciler {
    deps: GroupDeps,
    queries: Arc<dyn GroupQueries>,
}

/// What one round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reconciled {
    /// Rows on which the cloud agreed.
    pub agreed: usize,
    /// Rows for which the cloud was called.
    pub corrected: usize,
    /// Rows that another writer took first, or that could not be compared.
    pub left: usize,
    /// Rows that were seen and not tried.
    pub untried: usize,
}

impl Reconciled {
    /// Whether another round at once is worth it.
    const fn goes_on(&self) -> bool {
        self.untried > 0 && self.agreed + self.corrected > 0
    }
}

enum Outcome {
    Agreed,
    Corrected,
    Left,
}

/// Repeats `round` for ever, every `every`, or as often as it can.
async fn rounds<F>(every: Duration, round: impl Fn() -> F)
where
    F: Future<Output = Result<(), Fault>>,
{
    let mut ticks = interval_at(Instant::now(), every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(fault) = round().await {
            warn!(fault = %Chain(&fault), "the reconciler cannot read the groups and will try again");
        }
    }
}

impl Reconciler {
    /// The most rows of one kind that are looked at.
    pub const LIMIT: u32 = 64;

    /// The most rows in one round: few, so that replicas seldom meet at the same ones.
    pub const WINDOW: usize = 16;

    /// How many rows are compared at once.
    const AT_ONCE: usize = 8;

    /// Watches over the groups of `deps`, of which `queries` says what is due.
    pub const fn new(deps: GroupDeps, queries: Arc<dyn GroupQueries>) -> Self {
        Self { deps, queries }
    }

    /// Works every `every` until `stop` resolves. A round that is running then is given up: with the cloud down it could
    /// last for minutes, and rows that it has taken are due again when their leases are over.
    pub async fn run(&self, every: Duration, stop: impl Future<Output = ()> + Send) {
        let undoing = rounds(every, || self.undo_lapsed());
        let comparing = rounds(every, || self.compare_all_due());
        tokio::select! {
            () = stop => {}
            () = undoing => {}
            () = comparing => {}
        }
    }

    /// Works once: gives up what was never finished, and compares one window of what is due.
    pub async fn sweep(&self) -> Result<Reconciled, Fault> {
        self.undo_lapsed().await?;
        self.compare_due().await
    }

    /// Gives up everything that was never finished.
    async fn undo_lapsed(&self) -> Result<(), Fault> {
        loop {
            let lapsed = self.queries.lapsed(Self::LIMIT).await?;
            if lapsed.is_empty() {
                return Ok(());
            }
            let undone = self.deps.groups.undo_lapsed(lapsed).await?;
            if undone > 0 {
                info!("{undone} groups and joins were given up: their leases were over");
            }
            if undone < u64::from(Self::LIMIT) {
                return Ok(());
            }
        }
    }

    /// Compares window after window, as long as there is something to do.
    async fn compare_all_due(&self) -> Result<(), Fault> {
        while self.compare_due().await?.goes_on() {}
        Ok(())
    }

    async fn compare_due(&self) -> Result<Reconciled, Fault> {
        let due = self.queries.due(Self::LIMIT).await?;
        let seen = due.len();
        let due = random_window(due, Self::WINDOW, self.deps.ids.as_ref());
        let mut reconciled = Reconciled { untried: seen - due.len(), ..Reconciled::default() };
        let mut outcomes = stream::iter(due.into_iter().map(|due| self.check(due))).buffer_unordered(Self::AT_ONCE);
        while let Some(outcome) = outcomes.next().await {
            *match outcome {
                Outcome::Agreed => &mut reconciled.agreed,
                Outcome::Corrected => &mut reconciled.corrected,
                Outcome::Left => &mut reconciled.left,
            } += 1;
        }
        Ok(reconciled)
    }

    async fn check(&self, due: Due) -> Outcome {
        // The turn comes first, so that no lease is spent in a queue.
        let Ok(turn) = self.turn(self.deps.timing.pacing).await else { return Outcome::Left };
        let lease = Lease::starting_now(&self.deps.timing);
        let held = match self.deps.groups.claim_check(due, self.deps.timing.lease).await {
            Ok(held) => held,
            Err(Failure::Refused(NotDue)) => return Outcome::Left,
            Err(Failure::Fault(fault)) => {
                warn!(fault = %Chain(&fault), "the reconciler cannot take a row");
                return Outcome::Left;
            }
        };
        let finding = self.compare(lease, turn, &held).await;
        match self.deps.groups.end_check(due, held.fence, finding, self.deps.check_pause).await {
            Ok(()) if finding.makes_stuck(held.failed) => {
                let (group, failed) = (held.group(), Check::STUCK_AFTER);
                warn!(
                    group.id = %group,
                    "group {group} does not come to agree at the cloud after {failed} checks; it is looked at less often \
                     now, see hongbao admin group stuck"
                );
            }
            Ok(()) => {}
            Err(Failure::Refused(Stale)) => debug!("the reconciler came second"),
            // Nothing is lost: the row is due again when the lease is over, and is then compared from the start.
            Err(Failure::Fault(fault)) => warn!(fault = %Chain(&fault), "the reconciler cannot end a check"),
        }
        match finding {
            Finding::Agrees => Outcome::Agreed,
            Finding::Called => Outcome::Corrected,
            Finding::Unseen | Finding::Untried => Outcome::Left,
        }
    }

    async fn turn(&self, wait: Duration) -> Result<Turn, CloudRefusal> {
        self.deps.cloud.turn(Lane::Background, wait).await
    }

    async fn compare(&self, lease: Lease, turn: Turn, held: &CheckLease) -> Finding {
        let group = held.group();
        if !lease.covers_a_call() {
            return Finding::Untried;
        }
        let members = match self.deps.cloud.members(turn, group).await {
            Ok(members) => members,
            Err(refusal) => {
                tell(held, &format!("the cloud does not show the members of group {group}: {}", refusal.code()));
                return Finding::Unseen;
            }
        };
        let Some(correction) = held.desired.correction(&members) else { return Finding::Agrees };
        // The row is held and the cloud was asked: to give up now would put off the correction by a whole pause. No user
        // waits behind it, for checks have a lane of their own.
        let Ok(turn) = self.turn(lease.wait_before_a_call()).await else { return Finding::Untried };
        if !lease.covers_a_call() {
            return Finding::Untried;
        }
        let called = match correction {
            Correction::Dismiss { owner } => self.deps.cloud.dismiss(turn, group, owner).await,
            Correction::Join(user) => self.deps.cloud.join(turn, group, &held.name, user).await,
            Correction::Quit(user) => self.deps.cloud.quit(turn, group, user).await,
        };
        match called {
            Ok(()) => info!(group.id = %group, ?correction, "group {group} was brought to agree at the cloud"),
            Err(refusal) => {
                tell(held, &format!("group {group} cannot be brought to agree at the cloud: {}", refusal.code()));
            }
        }
        Finding::Called
    }
}

/// Tells of a failure: at the first one of a row it may be news, later it is not.
fn tell(held: &CheckLease, what: &str) {
    if held.failed == 0 {
        info!(group.id = %held.group(), "{what}");
    } else {
        debug!(group.id = %held.group(), failed = held.failed, "{what}");
    }
}
