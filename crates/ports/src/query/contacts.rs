//! Who knows whom.

use async_trait::async_trait;
use hongbao_domain::{friend::Friend, id::UserId};

use crate::Fault;

/// Friends and blocks of users, as they are.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait ContactQueries: Send + Sync {
    /// Gives at most `limit` of a user's friends with their present names, newest first; those of one moment by id.
    /// Friends who were disabled later are still friends.
    async fn friends(&self, user: UserId, limit: u32) -> Result<Vec<Friend>, Fault>;

    /// Gives whom a user blocks, by id.
    async fn blocked_by(&self, user: UserId) -> Result<Vec<UserId>, Fault>;
}
