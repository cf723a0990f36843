//! One transaction, attempted until its outcome is known.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};
use hongbao_domain::store::{Batch, Outcome};
use hongbao_ports::{Chain, Fault, Ids};
use tokio::time::{Instant, sleep};
use tracing::{debug, error, warn};

use crate::{Attempt, CommitError, Store};

const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(200);

/// How often in a row another writer may be faster before the conflict is held to be a defect of the data. A
/// command meets few rows that another may make or remove as well; a batch that meets more of them is split, like a defect.
const CONFLICTS: u32 = 8;

/// For how long a store is asked about a commit, even when the time for retries is used up.
const LAST_QUESTION: Duration = Duration::from_secs(1);

/// What every attempt needs.
pub struct Attempts<'store> {
    /// Knows what became of an attempt.
    pub store: &'store dyn Store,
    /// Where attempts get their names.
    pub ids: &'store dyn Ids,
    /// For how long a transaction is attempted before its callers are told that the store is unavailable.
    pub retry_timeout: Duration,
}

/// Why a transaction ends without an outcome.
#[derive(Debug)]
pub enum AttemptError {
    /// The store is not there; every transaction would fail.
    Down(Fault),
    /// This transaction cannot be run; another may.
    Poisoned(Fault),
}

impl From<AttemptError> for Fault {
    fn from(error: AttemptError) -> Self {
        match error {
            AttemptError::Down(fault) | AttemptError::Poisoned(fault) => fault,
        }
    }
}

impl Attempts<'_> {
    /// Runs a batch and gives every command its own outcome or fault.
    ///
    /// When a batch cannot be run at all, it is split, so that a single poisonous command fails alone.
    pub(crate) fn run<'run>(&'run self, batch: &'run Batch) -> BoxFuture<'run, Vec<Result<Outcome, Fault>>> {
        Box::pin(async move {
            let fault = match self.until_known(|attempt| self.store.commit(attempt, batch)).await {
                Ok(outcomes) if outcomes.len() == batch.len() => return outcomes.into_iter().map(Ok).collect(),
                Ok(_) => Fault::internal("cannot match the outcomes with their commands"),
                Err(AttemptError::Poisoned(_)) if batch.len() > 1 => {
                    let [left, right] = batch.halves();
                    let mut answers = self.run(&left).await;
                    answers.extend(self.run(&right).await);
                    return answers;
                }
                Err(broken) => broken.into(),
            };
            batch.iter().map(|_| Err(fault.clone())).collect()
        })
    }

    /// Runs a transaction again and again while the cause of its failure may pass, each time under a new name.
    ///
    /// `run` must record the attempt in the transaction itself. If the answer to the commit is lost, the attempt is asked
    /// about; the outcome is never guessed.
    pub async fn until_known<'run, T, R>(&self, run: R) -> Result<T, AttemptError>
    where
        R: Fn(Attempt) -> BoxFuture<'run, Result<T, CommitError<T>>> + Sync,
    {
        let until = Instant::now() + self.retry_timeout;
        let mut pause = FIRST_PAUSE;
        let mut conflicts = 0;
        loop {
            let attempt = Attempt { id: self.ids.attempt(), until };
            match AssertUnwindSafe(async { run(attempt).await }).catch_unwind().await {
                Ok(Ok(outcome)) => return Ok(outcome),
                Ok(Err(CommitError::Conflict(fault))) if conflicts >= CONFLICTS => {
                    let defect = "cannot write a row: one that cannot be loaded has its place";
                    return Err(AttemptError::Poisoned(Fault::internal(defect).because(fault)));
                }
                Ok(Err(CommitError::Conflict(fault))) if Instant::now() < until => {
                    debug!(fault = %Chain(&fault), "another writer was faster; a transaction is attempted again");
                    conflicts += 1;
                    // The other has committed already, so nothing is gained by waiting longer each time.
                    sleep(FIRST_PAUSE + jitter(self.ids, FIRST_PAUSE)).await;
                    continue;
                }
                Ok(Err(CommitError::Retry(fault))) if Instant::now() + pause < until => {
                    debug!(fault = %Chain(&fault), "a transaction is attempted again");
                }
                Ok(Err(CommitError::Conflict(fault) | CommitError::Retry(fault))) => {
                    return Err(AttemptError::Down(fault));
                }
                Ok(Err(CommitError::Failed(fault))) => return Err(AttemptError::Poisoned(fault)),
                Ok(Err(CommitError::Lost { outcome, fault })) => {
                    warn!(fault = %Chain(&fault), "the answer to a commit was lost");
                    if self.was_committed(attempt).await? {
                        return Ok(outcome);
                    }
                    if Instant::now() >= until {
                        return Err(AttemptError::Down(
                            Fault::unavailable("cannot commit the transaction").because(fault),
                        ));
                    }
                }
                Err(_panic) => {
                    error!("a transaction panicked");
                    return Err(AttemptError::Poisoned(Fault::internal("cannot run the transaction: it panicked")));
                }
            }
            sleep(pause + jitter(self.ids, pause)).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }

    /// Asks what became of an attempt until there is an answer. A time-out of that question is never a guess.
    ///
    /// A question that panics is one without an answer: it may end neither the writer nor the wait of its callers.
    async fn was_committed(&self, attempt: Attempt) -> Result<bool, AttemptError> {
        let until = attempt.until.max(Instant::now() + LAST_QUESTION);
        let attempt = Attempt { until, ..attempt };
        let mut pause = FIRST_PAUSE;
        loop {
            let asked = AssertUnwindSafe(async { self.store.was_committed(attempt).await }).catch_unwind().await;
            let answer = asked.unwrap_or_else(|_panic| {
                error!("the question about an attempt panicked");
                Err(Fault::internal("cannot ask about the attempt: it panicked"))
            });
            match answer {
                Ok(committed) => return Ok(committed),
                Err(fault) if Instant::now() + pause < until => {
                    debug!(fault = %Chain(&fault), "an attempt is asked about again");
                }
                Err(fault) => {
                    return Err(AttemptError::Down(
                        Fault::unresolved("cannot learn what became of a commit").because(fault),
                    ));
                }
            }
            sleep(pause).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }
}

/// Gives up to `span` more, so that writers who collided do not collide again.
fn jitter(ids: &dyn Ids, span: Duration) -> Duration {
    let dice = u32::try_from(ids.attempt().to_u128() & 0xff).unwrap_or(0);
    span * dice / 256
}

#[cfg(test)]
mod tests;
