//! Users at the IM cloud.

use std::time::Duration;

use async_trait::async_trait;
use hongbao_domain::{
    id::UserId,
    im_cloud::{CloudApp, CloudRefusal, Token},
    profile::{Name, PortraitUri, Profile, ProfileChange},
};

/// What the IM cloud holds of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudUser {
    /// At most the first 64 characters of the name that it was given.
    pub name: Name,
    /// The portrait; empty where the cloud holds one that is longer than any of ours.
    pub portrait_uri: PortraitUri,
}

/// What became of a change of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refreshed {
    /// The cloud holds the change.
    Done,
    /// The cloud does not know the user; nothing has changed.
    UnknownUser,
}

/// Users at the IM cloud: they log in there with a token, and have a name and a portrait.
///
/// Each call waits for its turn within the cloud's quota, at most `within`; a turn that would come later is refused at
/// once: [`CloudRefusal::Busy`]. All of them may be repeated, and the adapter does so within its time-out.
/// [`CloudRefusal::Rejected`]: definitely not done by any of the tries; [`CloudRefusal::Unknown`]: it may be done, even
/// later.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait CloudUsers: Send + Sync {
    /// Gives the app in whose name the cloud is asked.
    fn app(&self) -> CloudApp;

    /// Registers a user, with what is not empty of the profile, and gives a token. A repeat gives another token; the
    /// former ones stay valid.
    async fn get_token(&self, profile: &Profile, within: Duration) -> Result<Token, CloudRefusal>;

    /// Changes what a user registered with; what is left out stays.
    async fn refresh(&self, user: UserId, change: &ProfileChange, within: Duration) -> Result<Refreshed, CloudRefusal>;

    /// Gives what the cloud holds of a user; `None` if it does not know the user.
    async fn info(&self, user: UserId, within: Duration) -> Result<Option<CloudUser>, CloudRefusal>;
}
