//! Who is logged in.

use async_trait::async_trait;
use hongbao_domain::{
    id::{SessionKey, UserId},
    session::SessionDigest,
    time::Timestamp,
};

use crate::Fault;

/// One login of a user, without the key: that is known to the user alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedSession {
    /// What it is stored by, which gives it its public id.
    pub digest: SessionDigest,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is over.
    pub expires_at: Timestamp,
}

/// Sessions of users, as they are.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait SessionQueries: Send + Sync {
    /// Gives the user of a session; `None` if the key is unknown, expired or revoked, or its user disabled.
    async fn user_of(&self, key: &SessionKey) -> Result<Option<UserId>, Fault>;

    /// Gives the sessions of a user that are not over, newest first.
    async fn sessions_of(&self, user: UserId) -> Result<Vec<ListedSession>, Fault>;
}
