//! The audits that are made on this server: which was the last, what started it, and what it found.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hongbao_domain::{ledger::Audit, store::RequestName, time::Timestamp};
use hongbao_ports::{
    Chain, Clock, Fault,
    query::{LedgerQueries, Queries},
};
use tokio::time::Instant;
use tracing::{error, warn};

use crate::inspection::{Hanging, hanging, wrong_answers};

/// What an audit has found: the money, and beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    /// Whether the money holds, and where not.
    pub money: Audit,
    /// Answers that are remembered under a key and are not true.
    pub wrong_answers: Vec<RequestName>,
    /// What should be resolved by now.
    pub hanging: Vec<Hanging>,
}

impl Audited {
    /// Gives how much is wrong. What is overdue is not.
    pub fn findings(&self) -> usize {
        self.money.findings.len() + self.wrong_answers.len()
    }
}

/// How far an audit has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditState {
    /// It runs.
    Running,
    /// It has ended.
    Ended {
        /// When.
        at: Timestamp,
        /// What it found, or why it could not be made.
        outcome: Result<Arc<Audited>, String>,
    },
}

/// What starts an audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditStarter {
    /// An administrator, for the money and all beside it.
    Administrator,
    /// The time between two, for the money alone.
    Interval,
}

/// An audit that was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRun {
    /// By what.
    pub started_by: AuditStarter,
    /// When.
    pub began_at: Timestamp,
    /// How far it has come.
    pub state: AuditState,
}

/// An audit that was made to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditMade {
    /// What it found.
    pub found: Arc<Audited>,
    /// When it ended.
    pub at: Timestamp,
    /// How long it took.
    pub took: Duration,
}

/// The audits of this server. One runs at a time, whatever started it. A clone is the same.
#[derive(Debug, Clone, Default)]
pub struct Audits(Arc<Mutex<Known>>);

#[derive(Debug, Clone, Default)]
struct Known {
    last: Option<AuditRun>,
    made: Option<AuditMade>,
}

impl Audits {
    /// Gives the last one that was started.
    pub fn last(&self) -> Option<AuditRun> {
        self.known().last.clone()
    }

    /// Gives the last one that was made to its end.
    pub fn made(&self) -> Option<AuditMade> {
        self.known().made.clone()
    }

    /// Notes that one begins, unless one runs.
    pub(crate) fn begin(&self, started_by: AuditStarter, began_at: Timestamp) -> bool {
        let mut known = self.known();
        if known.last.as_ref().is_some_and(|last| last.state == AuditState::Running) {
            return false;
        }
        known.last = Some(AuditRun { started_by, began_at, state: AuditState::Running });
        true
    }

    /// Makes an audit, and notes what came of it. It has begun by [`Audits::begin`].
    pub(crate) async fn run(&self, clock: &dyn Clock, audit: impl Future<Output = Result<Audited, Fault>>) {
        let (mut begun, start) = (Begun { audits: self, clock, is_ended: false }, Instant::now());
        let outcome = audit.await;
        begun.is_ended = true;
        match outcome {
            Ok(mut found) => {
                tell(&found);
                let at = clock.now();
                let mut known = self.known();
                let looked_at_money_alone =
                    known.last.as_ref().is_some_and(|last| last.started_by == AuditStarter::Interval);
                if looked_at_money_alone && let Some(made) = &known.made {
                    // What it did not look at is as it was when it was looked at last.
                    found.wrong_answers.clone_from(&made.found.wrong_answers);
                }
                let found = Arc::new(found);
                if let Some(last) = known.last.as_mut() {
                    last.state = AuditState::Ended { at, outcome: Ok(Arc::clone(&found)) };
                }
                known.made = Some(AuditMade { found, at, took: start.elapsed() });
            }
            Err(fault) => {
                warn!("an audit could not be made: {}", Chain(&fault));
                let sentence = "the store could not be read to the end; the server's log says why";
                self.end(clock.now(), Err(sentence.to_owned()));
            }
        }
    }

    fn end(&self, at: Timestamp, outcome: Result<Arc<Audited>, String>) {
        if let Some(last) = self.known().last.as_mut() {
            last.state = AuditState::Ended { at, outcome };
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends an audit that is given up, or whose task breaks.
struct Begun<'audits> {
    audits: &'audits Audits,
    clock: &'audits dyn Clock,
    is_ended: bool,
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        if !self.is_ended {
            self.audits.end(self.clock.now(), Err("the audit was given up".to_owned()));
        }
    }
}

fn tell(found: &Audited) {
    let [money, answers] = [found.money.findings.len(), found.wrong_answers.len()];
    if money > 0 {
        error!(audit.findings = money, "THE MONEY DOES NOT HOLD: {money} findings; see hongbao admin audit");
    }
    if answers > 0 {
        error!(audit.findings = answers, "{answers} answers under keys are not true; see hongbao admin audit");
    }
}

/// Audits the money and all beside it, while others go on writing.
pub(crate) async fn audit(queries: &dyn Queries) -> Result<Audited, Fault> {
    let money = queries.audit().await?;
    Ok(Audited { money, wrong_answers: wrong_answers(queries).await?, hanging: hanging(queries).await? })
}

/// Audits the money alone.
pub(crate) async fn audit_money(queries: &dyn LedgerQueries) -> Result<Audited, Fault> {
    Ok(Audited { money: queries.audit().await?, wrong_answers: Vec::new(), hanging: Vec::new() })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    struct Noon;

    impl Clock for Noon {
        fn now(&self) -> Timestamp {
            Timestamp::from_micros(0)
        }
    }

    async fn run(audits: &Audits, started_by: AuditStarter, wrong_answers: Vec<RequestName>) -> usize {
        assert!(audits.begin(started_by, Noon.now()));
        let money = Audit { totals: BTreeMap::new(), holders: 0, postings: 0, findings: Vec::new() };
        audits.run(&Noon, async { Ok(Audited { money, wrong_answers, hanging: Vec::new() }) }).await;
        audits.made().expect("it was made").found.findings()
    }

    #[tokio::test]
    async fn what_an_audit_of_the_money_did_not_look_at_is_not_mended() {
        let (user, method, key) = ("alice".parse(), "send".parse(), "k".parse());
        let wrong =
            RequestName { user: user.expect("an id"), method: method.expect("a name"), key: key.expect("a key") };
        let audits = Audits::default();
        assert_eq!(run(&audits, AuditStarter::Interval, Vec::new()).await, 0);
        assert_eq!(run(&audits, AuditStarter::Administrator, vec![wrong]).await, 1);
        assert_eq!(run(&audits, AuditStarter::Interval, Vec::new()).await, 1);
        assert_eq!(run(&audits, AuditStarter::Administrator, Vec::new()).await, 0);
    }
}
