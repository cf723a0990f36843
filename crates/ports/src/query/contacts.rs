//! Who knows whom.

use async_trait::async_trait;
use hongbao_domain::{friend::Friend, id::UserId, time::Timestamp};

use super::Page;
use crate::Fault;

/// Friends and blocks of users, as they are.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait ContactQueries: Send + Sync {
    /// Gives some of a user's friends with their present names, newest first; those of one moment by id. A page goes on behind
    /// the moment and the id of the last one before it. Friends who were disabled later are still friends.
    async fn friends(&self, user: UserId, page: Page<(Timestamp, UserId)>) -> Result<Vec<Friend>, Fault>;

    /// Gives whom a user blocks, by id.
    async fn blocked_by(&self, user: UserId) -> Result<Vec<UserId>, Fault>;
}
