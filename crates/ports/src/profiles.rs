//! Our copy of how users show themselves, and what we know of them at the IM cloud: the changes.

use async_trait::async_trait;
use hongbao_domain::{
    id::UserId,
    im_cloud::{CloudApp, Token},
    profile::Profile,
};

use crate::Fault;

/// Our copy of profiles, and tokens and registrations by app key. What is there is asked of
/// [`ProfileQueries`](crate::query::ProfileQueries).
///
/// The cloud comes first and the copy follows. Between the two anything may happen, so a caller that is about to change the
/// cloud first invalidates the copy and confirms it afterwards; whatever overlaps leaves the copy stale.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Profiles: Send + Sync {
    /// Keeps a name and a portrait, atomically, if the user exists and has neither. Otherwise, nothing changes.
    async fn introduce(&self, profile: &Profile) -> Result<(), Fault>;

    /// Marks the copy as stale and gives its new version, atomically. A repeat is a newer one.
    async fn invalidate(&self, app: &CloudApp, user: UserId) -> Result<u64, Fault>;

    /// Keeps what the cloud holds, atomically, so that the copy is stale no more. If the copy has another version than
    /// `version` by now, something else happened meanwhile: it stays what it is and becomes stale.
    async fn confirm(&self, app: &CloudApp, profile: &Profile, version: u64) -> Result<(), Fault>;

    /// Keeps a token, in place of any former one, and that the user is registered, atomically.
    ///
    /// The registration wrote the profile of `version` to the cloud: if the copy has another version by now, it becomes
    /// stale.
    async fn keep_token(&self, app: &CloudApp, user: UserId, token: &Token, version: u64) -> Result<(), Fault>;
}
