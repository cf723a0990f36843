//! `/admin/v1/audit`

use hongbao_api::admin::{
    Moment,
    audit::{AuditData, AuditRunData, LastAudit, StartAudit},
    coin::All,
};
use hongbao_app::admin::{AdminFailure, AuditRun, AuditStarter, AuditState, Audited};

use super::handle::{Context, ServeAdmin};

impl ServeAdmin for StartAudit {
    async fn serve(context: &Context, _: All) -> Result<AuditRunData, AdminFailure> {
        let work = context.shared.admin.begin_audit(context.shared.clock.clone())?;
        // It changes nothing, so a stop gives it up.
        let work = context.shared.stopping.clone().run_until_cancelled_owned(work);
        drop(context.shared.operations.spawn_on(work, &context.shared.runtime));
        Ok(data(context.shared.admin.last_audit()))
    }
}

impl ServeAdmin for LastAudit {
    async fn serve(context: &Context, _: All) -> Result<AuditRunData, AdminFailure> {
        Ok(data(context.shared.admin.last_audit()))
    }
}

fn data(last: Option<AuditRun>) -> AuditRunData {
    let none = AuditRunData {
        state: "none".to_owned(),
        started_by: None,
        began_at: None,
        ended_at: None,
        report: None,
        error: None,
    };
    let Some(AuditRun { started_by, began_at, state }) = last else { return none };
    let started_by = match started_by {
        AuditStarter::Administrator => "administrator",
        AuditStarter::Interval => "interval",
    };
    let (state_name, started_by) = ("running".to_owned(), Some(started_by.to_owned()));
    let begun = AuditRunData { state: state_name, started_by, began_at: Some(Moment(began_at)), ..none };
    match state {
        AuditState::Running => begun,
        AuditState::Ended { at, outcome: Ok(found) } => AuditRunData {
            state: "ended".to_owned(),
            ended_at: Some(Moment(at)),
            report: Some(report(&found)),
            ..begun
        },
        AuditState::Ended { at, outcome: Err(error) } => {
            AuditRunData { state: "failed".to_owned(), ended_at: Some(Moment(at)), error: Some(error), ..begun }
        }
    }
}

fn report(found: &Audited) -> AuditData {
    let overdue = found.hanging.iter().map(ToString::to_string).collect();
    AuditData::of(&found.money).with_answers(&found.wrong_answers).with_overdue(overdue)
}
