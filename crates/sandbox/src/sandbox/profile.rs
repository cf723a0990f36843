//! Everything about one user but the messages.

use serde::Serialize;
use time::OffsetDateTime;

use crate::cloud::{Cloud, MAX_BLACKLIST, write_millis_if_any};

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
    /// Whether a client of the user is connected. Written only if true, like all that follows.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub online: bool,
    /// Until when the user is blocked, in UTC.
    #[serde(serialize_with = "write_millis_if_any", skip_serializing_if = "Option::is_none")]
    pub blocked_until: Option<OffsetDateTime>,
    /// Whether the user may speak in no group at all.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub muted_in_all_groups: bool,
    /// Before what time the user's tokens were given out that have expired, in UTC.
    #[serde(serialize_with = "write_millis_if_any", skip_serializing_if = "Option::is_none")]
    pub tokens_expired_before: Option<OffsetDateTime>,
}

impl Profile {
    pub(super) fn of(cloud: &Cloud, user_id: &str, now: OffsetDateTime) -> Self {
        let account = cloud.account(user_id);
        let user = account.map(|account| account.user.clone()).unwrap_or_default();
        Self {
            registered: account.is_some(),
            name: user.name,
            portrait_uri: user.portrait_uri,
            tokens: account.map_or(0, |account| account.tokens),
            blacklist: cloud.blacklist_page(user_id, None, MAX_BLACKLIST).users,
            online: cloud.is_online(user_id),
            blocked_until: cloud.block_of(user_id, now).map(|block| block.until),
            muted_in_all_groups: cloud.mutes.members(None, now).iter().any(|mute| mute.user_id == user_id),
            tokens_expired_before: account.and_then(|account| account.tokens_expired_before),
        }
    }
}
