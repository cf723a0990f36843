//! One thing that the cloud can be asked for.

use std::fmt;

/// A request to the cloud, before it is signed and sent. A new call of ours is a function that writes one.
pub(crate) struct Call {
    /// The path below the host: `/message/private/publish.json`.
    pub(crate) path: &'static str,
    /// The parameters.
    pub(crate) form: Form,
    /// When it may be sent again.
    pub(crate) repeat: Repeat,
    /// Which of the cloud's quotas it uses up.
    pub(crate) quota: Quota,
}

/// When a call may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Being done twice is the same as being done once, so that it may be repeated while its outcome is unknown.
    Harmless,
    /// It may only be repeated when it was definitely not executed: a user's words must not appear twice.
    IfNotExecuted,
}

/// A limit of the cloud on how often one app may ask. Each has its own count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quota {
    /// Private messages: 6,000 a minute (<https://docs.rongcloud.cn/platform-chat-api/message/send-private>).
    PrivateMessages,
    /// The same quota, of which notices in the background take at most a fifth.
    DeferredNotices,
    /// Groups: 100 a second (<https://docs.rongcloud.cn/platform-chat-api/group/create-group>). Each of the cloud's
    /// methods has its own count; taken together they stay within each.
    Groups,
    /// What is left of the same quota for checks in the background.
    GroupChecks,
    /// Registrations: 200 a second (<https://docs.rongcloud.cn/platform-chat-api/user/register>).
    GetToken,
    /// Changes of users: 100 a second (<https://docs.rongcloud.cn/platform-chat-api/user/modify>).
    RefreshUser,
    /// Questions about users: 100 a second (<https://docs.rongcloud.cn/platform-chat-api/user/get>).
    UserInfo,
}

impl Quota {
    /// All of them, each at its index.
    pub(crate) const ALL: [Self; 7] = [
        Self::PrivateMessages,
        Self::DeferredNotices,
        Self::Groups,
        Self::GroupChecks,
        Self::GetToken,
        Self::RefreshUser,
        Self::UserInfo,
    ];

    pub(crate) const fn index(self) -> usize {
        match self {
            Self::PrivateMessages => 0,
            Self::DeferredNotices => 1,
            Self::Groups => 2,
            Self::GroupChecks => 3,
            Self::GetToken => 4,
            Self::RefreshUser => 5,
            Self::UserInfo => 6,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::PrivateMessages => "private_messages",
            Self::DeferredNotices => "deferred_notices",
            Self::Groups => "groups",
            Self::GroupChecks => "group_checks",
            Self::GetToken => "get_token",
            Self::RefreshUser => "refresh_user",
            Self::UserInfo => "user_info",
        }
    }
}

/// Parameters in `application/x-www-form-urlencoded`. A list repeats its key, without brackets.
pub(crate) struct Form(String);

impl Form {
    pub(crate) const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";

    pub(crate) fn of<'a>(fields: impl IntoIterator<Item = (&'static str, &'a str)>) -> Self {
        Self(form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the cloud sent along with its yes: JSON. It may hold a token, so `Debug` tells only its size.
#[derive(PartialEq, Eq)]
pub(crate) struct Reply(pub(crate) Vec<u8>);

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_repeats_the_key_of_a_list() {
        let form = Form::of([("toUserId", "a"), ("toUserId", "b"), ("content", "红 & 1+1=2")]);

        assert_eq!(form.as_str(), "toUserId=a&toUserId=b&content=%E7%BA%A2+%26+1%2B1%3D2");
    }

    #[test]
    fn debug_never_shows_a_reply() {
        assert_eq!(format!("{:?}", Reply(b"{\"token\":\"t\"}".to_vec())), "Reply(13 bytes)");
    }
}
