//! Users and packets, a page at a time.

use async_trait::async_trait;
use hongbao_domain::{
    id::{TransferId, UserId},
    red_packet::Viewed,
};

use crate::{Fault, Standing};

/// A part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page<K> {
    /// The last entry of the page before; `None` for the first page.
    pub after: Option<K>,
    /// The most entries that are given.
    pub limit: u32,
}

/// One user of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedUser {
    /// The user.
    pub id: UserId,
    /// How the user stands.
    pub standing: Standing,
}

/// What an administrator pages through. Each page costs the same, however long the list is.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Listings: Send + Sync {
    /// Gives users in the order of the bytes of their ids: those whose id begins with `prefix` and comes after
    /// `page.after`. An empty prefix begins every id.
    async fn users(&self, prefix: &str, page: Page<UserId>) -> Result<Vec<ListedUser>, Fault>;

    /// Gives the packets that a user sent and those that have a share for the user, by falling ids, which is newest
    /// first: those below `page.after`. All of a page are of one moment. A user who does not exist has none.
    async fn packets_of(&self, user: UserId, page: Page<TransferId>) -> Result<Vec<Viewed>, Fault>;
}
