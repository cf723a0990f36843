//! Who knows whom: the changes.

use async_trait::async_trait;
use hongbao_domain::{
    friend::{AddFriendRefusal, BlockRefusal, DeleteFriendRefusal, Friend},
    id::UserId,
};

use crate::Failure;

/// Friends and blocks of users. What is there is asked of [`ContactQueries`](crate::query::ContactQueries).
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Contacts: Send + Sync {
    /// Makes two users friends of each other, both directions at once or none, and gives `other` as `user` sees it.
    ///
    /// `user` must exist. Refused in the order of [`check_candidate`](hongbao_domain::friend::check_candidate), then where
    /// one of the two has `max` friends, judged in the same atomic step: however many adds come at the same moment, no user
    /// gets more than `max`. A repeat, from either side, is refused as already done; of two adds of one pair at the same
    /// moment one is done and one refused.
    async fn add_friend(&self, user: UserId, other: UserId, max: u32) -> Result<Friend, Failure<AddFriendRefusal>>;

    /// Ends the friendship of two users, both directions at once or none, and gives `other` as `user` saw it.
    ///
    /// A repeat, from either side, is refused; of two at the same moment one is done and one refused. It touches no block,
    /// and the two may be added again. That one of them is disabled does not matter.
    async fn delete_friend(&self, user: UserId, other: UserId) -> Result<Friend, Failure<DeleteFriendRefusal>>;

    /// Sets or lifts the block that `user` puts on `other`, atomically. A repeat changes nothing.
    ///
    /// A block keeps `other` from adding `user`. It has one direction and ends no friendship.
    async fn set_block(&self, user: UserId, other: UserId, is_blocked: bool) -> Result<(), Failure<BlockRefusal>>;
}
