//! The ports of the IM cloud, carried out by RongCloud.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use hongbao_domain::{
    id::UserId,
    im_cloud::{CloudApp, CloudRefusal, Token},
    message::Message,
    profile::{Profile, ProfileChange},
};
use hongbao_ports::{Clock, CloudMessages, CloudUser, CloudUsers, Ids, ImCloud, Lane, Notice, Refreshed, Turn};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use crate::{
    Checked, Settings, SettingsError,
    call::{Call, Reply},
    check,
    client::Client,
    message,
    metrics::CloudCounts,
    notify::{self, Notices},
    users,
};

/// RongCloud, asked in the name of one app.
///
/// It must be used inside a tokio runtime. It holds no task of its own: a caller that drops a call ends it, and
/// leaves unknown whether it was executed.
pub struct RongCloud {
    app: CloudApp,
    client: Client,
    notices: Notices,
    include_sender: bool,
}

impl RongCloud {
    /// Prepares to talk to the cloud, without talking to it. `clock` dates the signatures, `ids` names the requests.
    ///
    /// # Errors
    ///
    /// Fails if a setting cannot be used, or if a host is `https` and the system has no certificates.
    pub fn try_new(settings: &Settings, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Result<Self, SettingsError> {
        let notices = Notices::try_new(settings)?;
        let client = Client::try_new(settings, clock, ids)?;
        Ok(Self { app: app(settings), client, notices, include_sender: settings.include_sender })
    }

    /// Asks each host whether it lets this app in: two hosts at most, one signed question each, which changes nothing.
    pub async fn check(&self) -> Vec<Checked> {
        check::each_host(&self.client).await
    }

    /// Gives what was counted of calls.
    pub fn counts(&self) -> CloudCounts {
        self.client.metrics().read()
    }

    /// Gives who makes the calls.
    pub(crate) const fn client(&self) -> &Client {
        &self.client
    }

    /// Waits for a turn of the call's own quota, then makes it.
    async fn make(&self, call: &Call, within: Duration) -> Result<Reply, CloudRefusal> {
        let turn = self.client.turn(call.quota, within).await?;
        self.client.make(turn, call).await
    }
}

/// The first 8 bytes of SHA-256: enough to tell two secrets apart, and nothing that they could be found from.
fn app(settings: &Settings) -> CloudApp {
    let mut secret_fingerprint = [0; 8];
    let digest = Sha256::digest(settings.app_secret.expose_secret());
    secret_fingerprint.copy_from_slice(&digest[..8]);
    CloudApp { key: settings.app_key.clone(), secret_fingerprint }
}

impl fmt::Debug for RongCloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RongCloud").finish_non_exhaustive()
    }
}

#[async_trait]
impl ImCloud for RongCloud {
    async fn turn(&self, lane: Lane, within: Duration) -> Result<Turn, CloudRefusal> {
        self.client.turn(notify::quota(lane), within).await.map(|turn| turn.on(lane))
    }

    async fn notify(&self, turn: Turn, notice: &Notice) -> Result<(), CloudRefusal> {
        let call = self.notices.call(turn.lane(), notice);
        self.client.make(turn, &call).await.map(|_reply| ())
    }
}

#[async_trait]
impl CloudUsers for RongCloud {
    fn app(&self) -> CloudApp {
        self.app.clone()
    }

    async fn get_token(&self, profile: &Profile, within: Duration) -> Result<Token, CloudRefusal> {
        users::token(&self.make(&users::get_token(profile), within).await?)
    }

    async fn refresh(&self, user: UserId, change: &ProfileChange, within: Duration) -> Result<Refreshed, CloudRefusal> {
        match self.make(&users::refresh(user, change), within).await {
            Ok(_) => Ok(Refreshed::Done),
            Err(refusal) if users::is_unknown(&refusal) => Ok(Refreshed::UnknownUser),
            Err(refusal) => Err(refusal),
        }
    }

    async fn info(&self, user: UserId, within: Duration) -> Result<Option<CloudUser>, CloudRefusal> {
        match self.make(&users::info(user), within).await {
            Ok(reply) => users::user(&reply).map(Some),
            Err(refusal) if users::is_unknown(&refusal) => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }
}

#[async_trait]
impl CloudMessages for RongCloud {
    async fn send(&self, message: &Message, within: Duration) -> Result<Option<String>, CloudRefusal> {
        let reply = self.make(&message::call(message, self.include_sender), within).await?;
        Ok(message::uid(&reply))
    }
}
