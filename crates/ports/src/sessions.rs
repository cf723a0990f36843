//! Who is logged in.

use async_trait::async_trait;
use hongbao_domain::{
    id::{SessionKey, UserId},
    time::Timestamp,
};

use crate::Fault;

/// Sessions of users.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Gives the user of a session; `None` if the key is unknown, expired or revoked, or its user disabled.
    async fn user_of(&self, key: &SessionKey) -> Result<Option<UserId>, Fault>;

    /// Makes `key` a session of `user` until `expires_at`, atomically; a repeat replaces the earlier one.
    ///
    /// The key itself is never stored, only its SHA-256.
    async fn register(&self, key: &SessionKey, user: UserId, expires_at: Timestamp) -> Result<(), Fault>;
}
