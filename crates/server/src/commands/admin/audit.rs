//! The proof that the money holds, and that nothing hangs.

use std::{process::ExitCode, time::Duration};

use hongbao_api::admin::{
    audit::{AuditData, LastAudit, StartAudit},
    coin::All,
};
use hongbao_app::admin::Admin;
use tokio::time::sleep;

use super::{
    context::{Access, AdminContext, CommandError},
    remote::Remote,
};
use crate::error::CliError;

/// How often a server is asked whether it has ended.
const LOOK_EVERY: Duration = Duration::from_millis(500);

pub(super) async fn run(context: &AdminContext<'_>) -> Result<ExitCode, CommandError> {
    let report = match &context.remote {
        Some(remote) => by_server(remote).await?,
        None => over_store(context).await?,
    };
    context.show(&report)?;
    Ok(ExitCode::from(match (report.holds, report.overdue.is_empty()) {
        (false, _) => 1,
        (true, false) => 2,
        (true, true) => 0,
    }))
}

async fn over_store(context: &AdminContext<'_>) -> Result<AuditData, CommandError> {
    let audited = context.with_admin(Access::Read, async |admin: Admin| {
        admin.audit().await.map_err(|fault| CommandError::broke("cannot audit the store", &fault))
    });
    let found = audited.await?;
    let overdue = found.hanging.iter().map(ToString::to_string).collect();
    Ok(AuditData::of(&found.money).with_answers(&found.wrong_answers).with_overdue(overdue))
}

async fn by_server(remote: &Remote) -> Result<AuditData, CommandError> {
    let begun = remote.ask::<StartAudit>(&All {}).await?;
    let mut run = begun.clone();
    while run.state == "running" {
        sleep(LOOK_EVERY).await;
        run = remote.ask::<LastAudit>(&All {}).await?;
        // A later one is as good. An earlier one, or none, is that of another server.
        if run.began_at.map(|at| at.0) < begun.began_at.map(|at| at.0) {
            let sentence = "another server answered: name one server, not a balancer";
            return Err(CliError::new(sentence).into());
        }
    }
    run.report.ok_or_else(|| {
        let why = run.error.unwrap_or_else(|| "the server has no result; was it started again?".to_owned());
        CliError::new(format!("the audit ended without a result: {why}")).into()
    })
}
