//! What is known of a user at one app of the IM cloud, and whether our copy of the profile can be trusted.

use crate::{id::UserId, im_cloud::Token, store::Row, time::Timestamp};

/// A user at one app of the IM cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImAccount {
    /// The app and the user.
    pub key: ImAccountKey,
    /// The registration, if there was ever one.
    pub registration: Option<Registration>,
    /// Whether the cloud may hold another profile than our copy, so that it must be asked.
    pub is_stale: bool,
    /// Counts what was done to the copy for this app.
    pub version: u64,
}

/// Names a user at one app of the IM cloud.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImAccountKey {
    /// The app's key.
    pub app_key: String,
    /// The user.
    pub user: UserId,
}

/// A registration with the IM cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The newest token.
    pub token: Token,
    /// Which of the app's secrets the token is good for.
    pub secret_fingerprint: [u8; 8],
    /// When the first token was kept.
    pub at: Timestamp,
}

impl Row for ImAccount {
    type Key = ImAccountKey;

    fn key(&self) -> ImAccountKey {
        self.key.clone()
    }
}
