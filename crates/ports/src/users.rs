//! Who exists.

use async_trait::async_trait;
use hongbao_domain::id::UserId;

use crate::{Failure, Fault};

/// How a user stands with us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether the user takes part: may log in, and others may send to this user.
    pub is_active: bool,
    /// Whether others may add this user as a friend.
    pub takes_friend_requests: bool,
}

/// What of a standing is to change, and whom the user blocks from adding. What is left out stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StandingChange {
    /// Whether the user takes part from now on.
    pub is_active: Option<bool>,
    /// Whether others may add this user as a friend from now on.
    pub takes_friend_requests: Option<bool>,
    /// Whom the user blocks from now on.
    pub block: Option<UserId>,
    /// Whom the user no longer blocks; whoever is named in both is not blocked.
    pub unblock: Option<UserId>,
}

/// Says why a standing does not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeStandingRefusal {
    /// There is no such user: whose standing it is, or who is named in it.
    UserNotFound(UserId),
}

/// Users of the app, as far as we know them.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Users: Send + Sync {
    /// Gives how a user stands; `None` for a user who does not exist.
    async fn standing(&self, user: UserId) -> Result<Option<Standing>, Fault>;

    /// Adds a user, and says whether the user is new. One who is there stays as before.
    async fn add(&self, user: UserId, standing: Standing) -> Result<bool, Fault>;

    /// Adds a user or changes how one stands, atomically. A repeat changes nothing.
    ///
    /// Whoever no longer takes part loses all sessions in the same step, for good: a user who takes part again later
    /// has to log in again.
    async fn set_standing(&self, user: UserId, standing: Standing) -> Result<(), Fault>;

    /// Changes some of how a user stands, all of it or nothing, and gives how the user stands then. A refusal names the
    /// first who does not exist: the user, whom to block, whom to unblock. Sessions end as by
    /// [`set_standing`](Self::set_standing); blocks are those of [`Contacts`](crate::Contacts). A repeat changes nothing.
    async fn change_standing(
        &self,
        user: UserId,
        change: StandingChange,
    ) -> Result<Standing, Failure<ChangeStandingRefusal>>;
}
