//! Who is logged in: the changes.

use async_trait::async_trait;
use hongbao_domain::{
    id::{SessionKey, UserId},
    session::RegisterRefusal,
    time::Timestamp,
};

use crate::{Failure, Fault};

/// Sessions of users. What is there is asked of [`SessionQueries`](crate::query::SessionQueries).
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Makes `key` a session of `user` until `expires_at`, atomically; a repeat replaces the earlier one.
    ///
    /// The key itself is never stored, only its SHA-256. Refused for a user who does not exist or is disabled, as
    /// [`check_holder`](hongbao_domain::session::check_holder) has it, then for a key that is a session of another user
    /// and not over, as [`check_key`](hongbao_domain::session::check_key) has it. Of two users who register one key at
    /// the same moment, one has it.
    async fn register(
        &self,
        key: &SessionKey,
        user: UserId,
        expires_at: Timestamp,
    ) -> Result<(), Failure<RegisterRefusal>>;

    /// Ends a session and says whether there was one, expired or not. A repeat changes nothing.
    async fn revoke(&self, key: &SessionKey) -> Result<bool, Fault>;

    /// Ends all sessions of a user, atomically, and says how many there were. A repeat changes nothing.
    async fn revoke_all(&self, user: UserId) -> Result<u64, Fault>;
}
