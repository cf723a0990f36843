//! The proof that the money holds, and that nothing hangs.

use std::process::ExitCode;

use hongbao_app::inspection::{hanging, wrong_answers};

use super::context::{Access, AdminContext, CommandError};
use crate::commands::audit_report::AuditReport;

pub(super) async fn run(context: &AdminContext<'_>) -> Result<ExitCode, CommandError> {
    let cannot = |fault| CommandError::broke("cannot audit the store", &fault);
    let audited = context.with_store(Access::Read, async |store| {
        let audit = store.audit().await.map_err(cannot)?;
        let wrong = wrong_answers(store.as_ref()).await.map_err(cannot)?;
        let hanging = hanging(store.as_ref()).await.map_err(cannot)?;
        Ok(AuditReport::from(&audit).with_answers(&wrong).with_hanging(&hanging))
    });
    let report = audited.await?;
    context.show(&report)?;
    Ok(ExitCode::from(match (report.holds, report.hangs()) {
        (false, _) => 1,
        (true, true) => 2,
        (true, false) => 0,
    }))
}
