//! Everything about one user but the messages.

use serde::Serialize;

use crate::cloud::{Cloud, MAX_BLACKLIST};

/// A user as the cloud knows them, registered or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// Whether the user ever fetched a token.
    pub registered: bool,
    /// The name that push notifications show; empty if none was ever given.
    pub name: String,
    /// The address of the portrait; empty if none was ever given.
    pub portrait_uri: String,
    /// How many tokens the user fetched.
    pub tokens: u64,
    /// Whom the user does not want to hear from, newest first.
    pub blacklist: Vec<String>,
}

impl Profile {
    pub(super) fn of(cloud: &Cloud, user_id: &str) -> Self {
        let account = cloud.account(user_id);
        let user = account.map(|account| account.user.clone()).unwrap_or_default();
        Self {
            registered: account.is_some(),
            name: user.name,
            portrait_uri: user.portrait_uri,
            tokens: account.map_or(0, |account| account.tokens),
            blacklist: cloud.blacklist_page(user_id, None, MAX_BLACKLIST).users,
        }
    }
}
