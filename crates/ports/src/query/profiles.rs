//! Our copy of how users show themselves, and what we know of them at the IM cloud.

use async_trait::async_trait;
use hongbao_domain::{
    id::UserId,
    im_cloud::{CloudApp, Token},
    profile::Profile,
};

use crate::Fault;

/// Our copy of a profile, and what is known of the user at one app of the IM cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachedProfile {
    /// The profile with the whole name.
    pub profile: Profile,
    /// Whether the user was ever registered with this app.
    pub is_registered: bool,
    /// Whether the cloud may hold something else, so that it must be asked.
    pub is_stale: bool,
    /// Counts what was done to the copy for this app. What ends something says what it was at the beginning.
    pub version: u64,
}

/// Our copy of profiles, and tokens and registrations by app key, as they are.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait ProfileQueries: Send + Sync {
    /// Gives the copy for one app, all of one moment; `None` for a user who does not exist.
    async fn cached(&self, app: &CloudApp, user: UserId) -> Result<Option<CachedProfile>, Fault>;

    /// Gives the token that was kept for this app and this very secret; `None` if there is none.
    async fn token(&self, app: &CloudApp, user: UserId) -> Result<Option<Token>, Fault>;
}
