//! The proof that the money holds, when an administrator asks for it.

use std::sync::Arc;

use hongbao_domain::admin::RefusalCode;
use hongbao_ports::{Clock, Fault};

use super::{Admin, AdminFailure, refused};
use crate::audits::{self, AuditRun, AuditStarter, Audited};

impl Admin {
    /// Audits the store, while others go on writing.
    pub async fn audit(&self) -> Result<Audited, Fault> {
        audits::audit(self.queries.as_ref()).await
    }

    /// Gives the last audit that was started on this server, whatever started it.
    pub fn last_audit(&self) -> Option<AuditRun> {
        self.audits.last()
    }

    /// Begins an audit, and gives the work, which is to be run somewhere. One runs at a time.
    pub fn begin_audit(&self, clock: Arc<dyn Clock>) -> Result<impl Future<Output = ()> + Send + use<>, AdminFailure> {
        if !self.audits.begin(AuditStarter::Administrator, clock.now()) {
            return Err(refused(RefusalCode::AuditRunning, "an audit runs already; ask for its result"));
        }
        let (audits, queries) = (self.audits.clone(), self.queries.clone());
        Ok(async move { audits.run(clock.as_ref(), audits::audit(queries.as_ref())).await })
    }
}
