//! One batch, attempted until its outcome is known.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};
use hongbao_domain::ledger::{Command, Outcome};
use hongbao_ports::{Chain, Fault, Ids};
use tokio::time::{Instant, sleep};
use tracing::{debug, error, warn};

use crate::{CommitError, Store};

const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(200);

/// What every attempt needs.
pub(crate) struct Attempts<'store> {
    pub(crate) store: &'store dyn Store,
    pub(crate) ids: &'store dyn Ids,
    /// For how long a batch is attempted before its callers are told that the store is unavailable.
    pub(crate) patience: Duration,
}

impl Attempts<'_> {
    /// Runs a batch and gives every command its own outcome or fault.
    ///
    /// When a batch cannot be run at all, it is split, so that a single poisonous command fails alone.
    pub(crate) fn run<'run>(&'run self, batch: &'run [Command]) -> BoxFuture<'run, Vec<Result<Outcome, Fault>>> {
        Box::pin(async move {
            let fault = match self.whole(batch).await {
                Ok(outcomes) if outcomes.len() == batch.len() => return outcomes.into_iter().map(Ok).collect(),
                Ok(_) => Fault::internal("cannot match the outcomes with their commands"),
                Err(Broken::Poisoned(_)) if batch.len() > 1 => {
                    let (left, right) = batch.split_at(batch.len() / 2);
                    let mut answers = self.run(left).await;
                    answers.extend(self.run(right).await);
                    return answers;
                }
                Err(Broken::Poisoned(fault) | Broken::Down(fault)) => fault,
            };
            batch.iter().map(|_| Err(fault.clone())).collect()
        })
    }

    /// Runs a batch as a whole, again and again while the cause may pass.
    async fn whole(&self, batch: &[Command]) -> Result<Vec<Outcome>, Broken> {
        let until = Instant::now() + self.patience;
        let mut pause = FIRST_PAUSE;
        loop {
            let attempt = self.ids.attempt();
            let commit = AssertUnwindSafe(self.store.commit(attempt, batch)).catch_unwind();
            match commit.await {
                Ok(Ok(outcomes)) => return Ok(outcomes),
                Ok(Err(CommitError::Retry(fault))) if Instant::now() + pause < until => {
                    debug!(fault = %Chain(&fault), "a batch is attempted again");
                }
                Ok(Err(CommitError::Retry(fault))) => return Err(Broken::Down(fault)),
                Ok(Err(CommitError::Failed(fault))) => return Err(Broken::Poisoned(fault)),
                Ok(Err(CommitError::Lost { outcomes, fault })) => {
                    warn!(fault = %Chain(&fault), "the answer to a commit was lost");
                    if self.was_committed(attempt, until).await? {
                        return Ok(outcomes);
                    }
                    if Instant::now() >= until {
                        return Err(Broken::Down(Fault::unavailable("cannot commit the batch").because(fault)));
                    }
                }
                Err(_panic) => {
                    error!("a batch panicked");
                    return Err(Broken::Poisoned(Fault::internal("cannot run the batch: it panicked")));
                }
            }
            sleep(pause + jitter(self.ids, pause)).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }

    /// Asks what became of an attempt until there is an answer. A time-out of that question is never a guess.
    async fn was_committed(&self, attempt: hongbao_domain::id::AttemptId, until: Instant) -> Result<bool, Broken> {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.store.was_committed(attempt).await {
                Ok(committed) => return Ok(committed),
                Err(fault) if Instant::now() + pause < until => {
                    debug!(fault = %Chain(&fault), "an attempt is asked about again");
                }
                Err(fault) => {
                    return Err(Broken::Down(Fault::unresolved("cannot learn what became of a commit").because(fault)));
                }
            }
            sleep(pause).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }
}

/// Why a batch ends without outcomes.
enum Broken {
    /// The store is not there; every batch would fail.
    Down(Fault),
    /// This batch cannot be run; another may.
    Poisoned(Fault),
}

/// Gives up to `span` more, so that writers who collided do not collide again.
fn jitter(ids: &dyn Ids, span: Duration) -> Duration {
    let dice = u32::try_from(ids.attempt().to_u128() & 0xff).unwrap_or(0);
    span * dice / 256
}
