//! What an administrator can do: the same use cases for the command line and for HTTP.

mod audits;
mod coins;
mod contacts;
mod history;
mod log;
mod movements;
mod outbox;
mod packets;
mod search;
mod sessions;
mod tokens;
mod users;
mod webhooks;

use std::sync::Arc;

use hongbao_domain::admin::{AdminRefusal, RefusalCode};
use hongbao_ports::{Commands, Failure, query::Queries};

pub use crate::audits::{AuditMade, AuditRun, AuditStarter, AuditState, Audited, Audits};

pub use self::{
    history::PacketHistory,
    log::{Asked, Begun},
    movements::Movement,
    outbox::OutboxAct,
    search::{Found, PacketSearch},
    users::UserWish,
};

/// The use cases of administrators. A clone is the same.
#[derive(Clone)]
pub struct Admin {
    commands: Arc<dyn Commands>,
    queries: Arc<dyn Queries>,
    audits: Audits,
}

/// Why an administrator's request is not done.
pub type AdminFailure = Failure<AdminRefusal>;

impl Admin {
    /// Puts the use cases to work on a store.
    pub fn new(commands: Arc<dyn Commands>, queries: Arc<dyn Queries>, audits: Audits) -> Self {
        Self { commands, queries, audits }
    }
}

fn refused(code: RefusalCode, sentence: impl Into<String>) -> AdminFailure {
    Failure::Refused(AdminRefusal::new(code, sentence))
}
