//! The proof that the money holds.

use std::process::ExitCode;

use super::context::{Access, AdminContext, CommandError};
use crate::commands::audit_report::AuditReport;

pub(super) async fn run(context: &AdminContext<'_>) -> Result<ExitCode, CommandError> {
    let audit = context.with_store(Access::Read, async |store| {
        store.audit().await.map_err(|fault| CommandError::broke("cannot audit the store", &fault))
    });
    let report = AuditReport::from(&audit.await?);
    context.show(&report)?;
    Ok(if report.holds { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
