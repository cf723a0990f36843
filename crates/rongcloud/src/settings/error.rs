//! What can be wrong with settings.

use std::{error::Error, fmt};

/// Says which setting cannot be used, and why.
#[derive(Debug)]
pub enum SettingsError {
    /// A host is not a plain `http` or `https` URL.
    Url {
        /// The setting: `base_url` or `backup_url`.
        setting: &'static str,
    },
    /// Both hosts are the same, so that switching over would change nothing.
    SameHost,
    /// The app key is empty or has a character that no header may carry.
    AppKey,
    /// The app secret is empty or has a character that no secret has: a line end, for example.
    AppSecret,
    /// The three time-outs are not `0 < connect_timeout < attempt_timeout <= timeout`.
    Timeouts,
    /// There are more replicas than turns in a quota.
    Quota {
        /// The setting: `private_messages_per_minute` or another quota.
        setting: &'static str,
    },
    /// There are not two calls on groups a second for each replica: one for users, one for checks.
    GroupQuota,
    /// The prefix makes a name that the cloud does not allow.
    NoticePrefix,
    /// The text of a push is too long, has a brace that is not of `{remark}` or a control character, or says nothing.
    Push {
        /// The setting: `push_red_packet` or `push_opened`.
        setting: &'static str,
    },
    /// The system's certificates cannot be loaded.
    Tls(Box<dyn Error + Send + Sync>),
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url { setting } => {
                write!(f, "{setting} must be an http or https URL without credentials, query and fragment")
            }
            Self::SameHost => f.write_str("backup_url must name another host than base_url"),
            Self::AppKey => f.write_str("app_key must be one or more visible ASCII characters, without a line end"),
            Self::AppSecret => {
                f.write_str("app_secret must be one or more visible ASCII characters, without a line end")
            }
            Self::Timeouts => f.write_str(
                "connect_timeout must be more than zero and less than attempt_timeout, \
                 which must be at most timeout",
            ),
            Self::Quota { setting } => write!(f, "replicas must be at most {setting}"),
            Self::GroupQuota => {
                f.write_str("groups_per_second must be at least twice replicas, for a part of it is for checks")
            }
            Self::NoticePrefix => f.write_str(
                "notice_prefix must be one or more visible ASCII characters that do not start with RC: \
                 and make names of at most 32 characters",
            ),
            Self::Push { setting } => write!(
                f,
                "{setting} must be empty, or at most 50 characters without control characters that say something; \
                 {{remark}} may stand once in push_red_packet, and there must be no other brace"
            ),
            Self::Tls(_) => f.write_str("cannot load the system's certificates"),
        }
    }
}

impl Error for SettingsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Tls(cause) => Some(cause.as_ref()),
            Self::Url { .. }
            | Self::SameHost
            | Self::AppKey
            | Self::AppSecret
            | Self::Timeouts
            | Self::Quota { .. }
            | Self::GroupQuota
            | Self::NoticePrefix
            | Self::Push { .. } => None,
        }
    }
}
