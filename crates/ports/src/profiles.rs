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
pub struct ProfileCopy {
    /// The profile with the whole name.
    pub profile: Profile,
    /// Whether the user was ever registered with this app.
    pub is_registered: bool,
    /// Whether the cloud may hold something else, so that it must be asked.
    pub is_stale: bool,
    /// Counts what was done to the copy for this app. Who ends something says what it was at the beginning.
    pub version: u64,
}

/// Our copy of profiles, and tokens and registrations by app key.
///
/// The cloud comes first and the copy follows. Between the two anything may happen, so whoever is about to change the
/// cloud first doubts the copy and settles it afterwards; whatever overlaps leaves the copy stale.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Profiles: Send + Sync {
    /// Gives the copy for one app, all of one moment; `None` for a user who does not exist.
    async fn copy(&self, app: &CloudApp, user: UserId) -> Result<Option<ProfileCopy>, Fault>;

    /// Gives a user a name and a portrait, if the user exists and has neither. Otherwise, nothing changes.
    async fn introduce(&self, profile: &Profile) -> Result<(), Fault>;

    /// Marks the copy as stale and gives its new version, atomically. A repeat is a newer doubt.
    async fn doubt(&self, app: &CloudApp, user: UserId) -> Result<u64, Fault>;

    /// Keeps what the cloud holds, atomically, so that the copy is stale no more. If the copy has another version than
    /// `version` by now, something else happened meanwhile: it stays what it is and becomes stale.
    async fn settle(&self, app: &CloudApp, profile: &Profile, version: u64) -> Result<(), Fault>;

    /// Gives the token that was kept for this app and this very secret; `None` if there is none.
    async fn token(&self, app: &CloudApp, user: UserId) -> Result<Option<Token>, Fault>;

    /// Keeps a token, in place of any former one, and that the user is registered, atomically.
    ///
    /// The registration wrote the profile of `version` to the cloud: if the copy has another version by now, it becomes
    /// stale.
    async fn keep_token(&self, app: &CloudApp, user: UserId, token: &Token, version: u64) -> Result<(), Fault>;
}
