//! Who exists.

use async_trait::async_trait;
use hongbao_domain::{
    id::UserId,
    user::{UserOverview, UserStatus},
};

use super::page::Page;
use crate::Fault;

/// One user of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedUser {
    /// The user.
    pub id: UserId,
    /// What the user may do.
    pub status: UserStatus,
}

/// Users of the app, as they are.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait UserQueries: Send + Sync {
    /// Gives what a user may do; `None` for a user who does not exist.
    async fn status(&self, user: UserId) -> Result<Option<UserStatus>, Fault>;

    /// Gives a user and the numbers beside, all of one moment; `None` for a user who does not exist. It costs as much as
    /// there are sessions and friends of this user.
    async fn overview(&self, user: UserId) -> Result<Option<UserOverview>, Fault>;

    /// Gives users in the order of the bytes of their ids: those whose id begins with `prefix` and comes after
    /// `page.after`. An empty prefix begins every id. A page costs the same, however many users there are.
    async fn users(&self, prefix: &str, page: Page<UserId>) -> Result<Vec<ListedUser>, Fault>;
}
