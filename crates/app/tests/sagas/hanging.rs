//! A world in which nothing ever answers.

use std::{future::pending, time::Duration};

use async_trait::async_trait;
use hongbao_domain::{
    friend::Friend,
    id::UserId,
    im_cloud::{CloudApp, CloudRefusal, Token},
    message::Message,
    profile::{Profile, ProfileChange},
    store::{Action, Outcome},
    user::UserStatus,
};
use hongbao_ports::{
    CloudMessages, CloudUser, CloudUsers, Commands, Fault, ImCloud, Notice, Profiles, Refreshed, Turn,
    query::{CachedProfile, ContactQueries, ListedUser, Page, ProfileQueries, UserQueries},
};

pub(crate) struct Hanging;

#[async_trait]
impl Commands for Hanging {
    async fn run(&self, _: Action) -> Result<Outcome, Fault> {
        pending().await
    }
}

#[async_trait]
impl Profiles for Hanging {
    async fn introduce(&self, _: &Profile) -> Result<(), Fault> {
        pending().await
    }

    async fn invalidate(&self, _: &CloudApp, _: UserId) -> Result<u64, Fault> {
        pending().await
    }

    async fn confirm(&self, _: &CloudApp, _: &Profile, _: u64) -> Result<(), Fault> {
        pending().await
    }

    async fn keep_token(&self, _: &CloudApp, _: UserId, _: &Token, _: u64) -> Result<(), Fault> {
        pending().await
    }
}

#[async_trait]
impl UserQueries for Hanging {
    async fn status(&self, _: UserId) -> Result<Option<UserStatus>, Fault> {
        pending().await
    }

    async fn users(&self, _: &str, _: Page<UserId>) -> Result<Vec<ListedUser>, Fault> {
        pending().await
    }
}

#[async_trait]
impl ContactQueries for Hanging {
    async fn friends(&self, _: UserId, _: u32) -> Result<Vec<Friend>, Fault> {
        pending().await
    }

    async fn blocked_by(&self, _: UserId) -> Result<Vec<UserId>, Fault> {
        pending().await
    }
}

#[async_trait]
impl ProfileQueries for Hanging {
    async fn cached(&self, _: &CloudApp, _: UserId) -> Result<Option<CachedProfile>, Fault> {
        pending().await
    }

    async fn token(&self, _: &CloudApp, _: UserId) -> Result<Option<Token>, Fault> {
        pending().await
    }
}

#[async_trait]
impl ImCloud for Hanging {
    async fn turn(&self, _: Duration) -> Result<Turn, CloudRefusal> {
        pending().await
    }

    async fn notify(&self, _: Turn, _: &Notice) -> Result<(), CloudRefusal> {
        pending().await
    }
}

/// A cloud that has turns to give but never says that a notice was taken.
pub(crate) struct HangingNotice;

#[async_trait]
impl ImCloud for HangingNotice {
    async fn turn(&self, _: Duration) -> Result<Turn, CloudRefusal> {
        Ok(Turn::grant())
    }

    async fn notify(&self, _: Turn, _: &Notice) -> Result<(), CloudRefusal> {
        pending().await
    }
}

#[async_trait]
impl CloudMessages for Hanging {
    async fn send(&self, _: &Message, _: Duration) -> Result<Option<String>, CloudRefusal> {
        pending().await
    }
}

#[async_trait]
impl CloudUsers for Hanging {
    fn app(&self) -> CloudApp {
        CloudApp { key: "app".to_owned(), secret_fingerprint: [0; 8] }
    }

    async fn get_token(&self, _: &Profile, _: Duration) -> Result<Token, CloudRefusal> {
        pending().await
    }

    async fn refresh(&self, _: UserId, _: &ProfileChange, _: Duration) -> Result<Refreshed, CloudRefusal> {
        pending().await
    }

    async fn info(&self, _: UserId, _: Duration) -> Result<Option<CloudUser>, CloudRefusal> {
        pending().await
    }
}
