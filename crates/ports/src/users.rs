//! Who exists and what each may do: the changes.

use async_trait::async_trait;
use hongbao_domain::{
    id::UserId,
    user::{ChangeUserRefusal, UserChange, UserStatus},
};

use crate::{Failure, Fault};

/// Users of the app, as far as we know them. Who is there is asked of [`UserQueries`](crate::query::UserQueries).
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Users: Send + Sync {
    /// Adds a user, and says whether the user is new. One who is there stays as before.
    async fn add(&self, user: UserId, status: UserStatus) -> Result<bool, Fault>;

    /// Adds a user or changes what one may do, atomically. A repeat changes nothing.
    ///
    /// A user who is disabled loses all sessions in the same step, for good: one who is enabled again later has to log in
    /// again.
    async fn set_status(&self, user: UserId, status: UserStatus) -> Result<(), Fault>;

    /// Changes some of what a user may do, all of it or nothing, and gives what the user may do then. A refusal names the
    /// first who does not exist: the user, whom to block, whom to unblock. Sessions end as by
    /// [`set_status`](Self::set_status); blocks are those of [`SetBlock`](hongbao_domain::friend::SetBlock). A repeat changes nothing.
    async fn change(&self, user: UserId, change: UserChange) -> Result<UserStatus, Failure<ChangeUserRefusal>>;
}
