//! What an operator decides about the cloud.

mod error;

use std::{num::NonZeroU32, time::Duration};

use secrecy::SecretString;

pub use self::error::SettingsError;
use crate::{PushLanguage, PushTexts};

/// How to reach the cloud, as which app, how patiently and how often.
///
/// The fields are plain: [`RongCloud::try_new`](crate::RongCloud::try_new) judges them. `Debug` hides the secret.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The first host: `http` or `https`, without credentials, query and fragment. A path becomes a prefix.
    ///
    /// The hosts of each data centre: <https://docs.rongcloud.cn/platform-chat-api/base-url>.
    pub base_url: String,
    /// The other host of the same data centre, asked when the first one fails. `None`: there is no other.
    pub backup_url: Option<String>,
    /// The app key, sent as it is. Visible ASCII characters.
    pub app_key: String,
    /// The app secret, with which requests are signed. Never sent, never printed. Visible ASCII characters.
    pub app_secret: SecretString,
    /// How long a connection may take to be there: name, TCP and TLS together. Shorter than `attempt_timeout`.
    pub connect_timeout: Duration,
    /// How long one try may take, from connecting to the last byte of the answer. At most `timeout`.
    pub attempt_timeout: Duration,
    /// How long one call may take with all its repeats and pauses.
    pub timeout: Duration,
    /// How many private messages the whole app may send in a minute. `None`: as many as it likes.
    pub private_messages_per_minute: Option<NonZeroU32>,
    /// How many calls on groups the whole app may make in a second, at least two for each replica; a fifth of them is for
    /// checks in the background. `None`: as many as it likes.
    pub groups_per_second: Option<NonZeroU32>,
    /// How many tokens the whole app may fetch in a second. `None`: as many as it likes.
    pub get_token_per_second: Option<NonZeroU32>,
    /// How many users the whole app may change in a second. `None`: as many as it likes.
    pub refresh_user_per_second: Option<NonZeroU32>,
    /// About how many users the whole app may ask in a second. `None`: about as many as it likes.
    pub user_info_per_second: Option<NonZeroU32>,
    /// Among how many replicas of this server each quota is split evenly: each one takes its share, and no more.
    pub replicas: NonZeroU32,
    /// What the names of our message types begin with: `HB:` makes `HB:RedPacket` and `HB:RedPacketOpened`.
    ///
    /// A name has at most 32 characters and must not start with `RC:`
    /// (<https://docs.rongcloud.cn/platform-chat-api/message/send-private>). Visible ASCII characters.
    pub notice_prefix: String,
    /// Whether the sender's own clients that are online get a copy of a message; for a user's own message only where the
    /// user does not say (<https://docs.rongcloud.cn/platform-chat-api/message/how-to-sync-to-sender-client>).
    pub include_sender: bool,
    /// What a phone shows about a notice while the app does not run there.
    pub push: PushTexts,
}

impl Settings {
    /// Fills in the defaults: the data centre in Beijing, 1, 2 and 5 seconds, the documented quotas (6,000 private
    /// messages a minute; 200 tokens, 100 changes, 100 questions and 100 calls on groups a second), one replica, `HB:`,
    /// no copies to the sender, and Chinese push texts.
    pub fn for_app(app_key: String, app_secret: SecretString) -> Self {
        Self {
            base_url: "https://api.rong-api.com".to_owned(),
            backup_url: Some("https://api-b.rong-api.com".to_owned()),
            app_key,
            app_secret,
            connect_timeout: Duration::from_secs(1),
            attempt_timeout: Duration::from_secs(2),
            timeout: Duration::from_secs(5),
            private_messages_per_minute: NonZeroU32::new(6_000),
            groups_per_second: NonZeroU32::new(100),
            get_token_per_second: NonZeroU32::new(200),
            refresh_user_per_second: NonZeroU32::new(100),
            user_info_per_second: NonZeroU32::new(100),
            replicas: NonZeroU32::MIN,
            notice_prefix: "HB:".to_owned(),
            include_sender: false,
            push: PushTexts::of(PushLanguage::Chinese),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_the_secret() {
        let settings = Settings::for_app("key".to_owned(), "open-sesame".into());

        let shown = format!("{settings:?} {settings:#?}");

        assert!(shown.contains("key"));
        assert!(!shown.contains("open-sesame"));
    }
}
