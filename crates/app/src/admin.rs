//! What an administrator can do: the same use cases for the command line and for HTTP.

mod coins;
mod log;
mod movements;
mod packets;
mod sessions;
mod tokens;
mod users;

use std::sync::Arc;

use hongbao_domain::admin::{AdminRefusal, RefusalCode};
use hongbao_ports::{Commands, Failure, query::Queries};

pub use self::{
    log::{Asked, Begun},
    movements::Movement,
    users::UserWish,
};

/// The use cases of administrators. A clone is the same.
#[derive(Clone)]
pub struct Admin {
    commands: Arc<dyn Commands>,
    queries: Arc<dyn Queries>,
}

/// Why an administrator's request is not done.
pub type AdminFailure = Failure<AdminRefusal>;

impl Admin {
    /// Puts the use cases to work on a store.
    pub fn new(commands: Arc<dyn Commands>, queries: Arc<dyn Queries>) -> Self {
        Self { commands, queries }
    }
}

fn refused(code: RefusalCode, sentence: impl Into<String>) -> AdminFailure {
    Failure::Refused(AdminRefusal::new(code, sentence))
}
