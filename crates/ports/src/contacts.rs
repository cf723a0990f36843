//! Who knows whom.

use async_trait::async_trait;
use hongbao_domain::{
    friend::{AddFriendRefusal, Friend},
    id::UserId,
};

use crate::{Failure, Fault};

/// Says why a block is neither set nor lifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockRefusal {
    /// One of the two does not exist.
    UserNotFound,
}

/// Friends and blocks of users.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Contacts: Send + Sync {
    /// Makes two users friends of each other, both directions at once or none, and gives `other` as `user` sees it.
    ///
    /// `user` must exist. Refused in the order of [`check_candidate`](hongbao_domain::friend::check_candidate), then where
    /// one of the two has `max` friends, judged in the same atomic step: however many adds come at the same moment, nobody
    /// gets more than `max`. A repeat, from either side, is refused as already done; of two adds of one pair at the same
    /// moment one is done and one refused.
    async fn add_friend(&self, user: UserId, other: UserId, max: u32) -> Result<Friend, Failure<AddFriendRefusal>>;

    /// Gives at most `limit` of a user's friends with their present names, newest first; those of one moment by id.
    /// Friends who were disabled later are still friends.
    async fn friends(&self, user: UserId, limit: u32) -> Result<Vec<Friend>, Fault>;

    /// Sets or lifts the block that `user` puts on `other`, atomically. A repeat changes nothing.
    ///
    /// A block keeps `other` from adding `user`. It has one direction and ends no friendship.
    async fn set_block(&self, user: UserId, other: UserId, blocked: bool) -> Result<(), Failure<BlockRefusal>>;

    /// Gives whom a user blocks, by id.
    async fn blocked_by(&self, user: UserId) -> Result<Vec<UserId>, Fault>;
}
