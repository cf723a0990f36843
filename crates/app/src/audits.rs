//! The last audit that was made on this server.

use std::sync::{Arc, Mutex, PoisonError};

use hongbao_domain::{ledger::Audit, store::RequestName, time::Timestamp};
use hongbao_ports::{Chain, Clock, Fault, query::Queries};

use tracing::error;

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

/// An audit that was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRun {
    /// When.
    pub began_at: Timestamp,
    /// How far it has come.
    pub state: AuditState,
}

/// The last audit that was started on this server. A clone is the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Audits(Arc<Mutex<Option<AuditRun>>>);

impl Audits {
    /// Gives the last one that was started.
    pub(crate) fn last(&self) -> Option<AuditRun> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes that one begins, unless one runs.
    pub(crate) fn begin(&self, began_at: Timestamp) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref().is_some_and(|last| last.state == AuditState::Running) {
            return false;
        }
        *last = Some(AuditRun { began_at, state: AuditState::Running });
        true
    }

    fn end(&self, at: Timestamp, outcome: Result<Arc<Audited>, String>) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = last.as_mut() {
            last.state = AuditState::Ended { at, outcome };
        }
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

/// Audits the store, and notes what came of it. One has begun by [`Audits::begin`].
pub(crate) async fn run(audits: &Audits, queries: &dyn Queries, clock: &dyn Clock) {
    let mut begun = Begun { audits, clock, is_ended: false };
    let outcome = audit(queries).await;
    begun.is_ended = true;
    let outcome = outcome.map(Arc::new).map_err(|fault| {
        error!("an audit could not be made: {}", Chain(&fault));
        "the store could not be read to the end; the server's log says why".to_owned()
    });
    audits.end(clock.now(), outcome);
}

/// Audits the store, while others go on writing.
pub(crate) async fn audit(queries: &dyn Queries) -> Result<Audited, Fault> {
    let money = queries.audit().await?;
    Ok(Audited { money, wrong_answers: wrong_answers(queries).await?, hanging: hanging(queries).await? })
}
