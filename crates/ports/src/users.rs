//! Who exists.

use async_trait::async_trait;
use hongbao_domain::id::UserId;

use crate::Fault;

/// How a user stands with us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether the user takes part: may log in, and others may send to this user.
    pub is_active: bool,
    /// Whether others may add this user as a friend.
    pub takes_friend_requests: bool,
}

/// Users of the app, as far as we know them.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Users: Send + Sync {
    /// Gives how a user stands; `None` for a user who does not exist.
    async fn standing(&self, user: UserId) -> Result<Option<Standing>, Fault>;

    /// Adds a user or changes how one stands, atomically. A repeat changes nothing.
    async fn set_standing(&self, user: UserId, standing: Standing) -> Result<(), Fault>;
}
