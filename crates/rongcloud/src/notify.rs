//! A notice about a packet, as a private message of a type of our own.
//!
//! <https://docs.rongcloud.cn/platform-chat-api/message/send-private>: the content of such a type may be any string,
//! and an app sees it if it registered the type with its client SDK.

use hongbao_domain::money::Money;
use hongbao_ports::{Lane, Notice, NoticeKind};
use serde::Serialize;

use crate::{
    Settings, SettingsError,
    call::{Call, Form, Quota, Repeat},
    message::beside,
    push::Pushes,
};

const MAX_NAME_CHARS: usize = 32;

/// Gives the part of the quota that a lane uses up.
pub(crate) const fn quota(lane: Lane) -> Quota {
    match lane {
        Lane::Request => Quota::PrivateMessages,
        Lane::Background => Quota::DeferredNotices,
    }
}

/// The names of our message types.
struct Names {
    published: String,
    opened: String,
    refunded: String,
}

impl Names {
    fn try_new(prefix: &str) -> Result<Self, SettingsError> {
        let names = Self {
            published: format!("{prefix}RedPacket"),
            opened: format!("{prefix}RedPacketOpened"),
            refunded: format!("{prefix}RedPacketRefunded"),
        };
        let allowed = |name: &str| {
            name.len() <= MAX_NAME_CHARS && !name.starts_with("RC:") && name.bytes().all(|byte| byte.is_ascii_graphic())
        };
        // Whatever has our prefix comes from us alone. Without one, a user could send what looks like our notice.
        let is_told_apart = !prefix.is_empty();
        if is_told_apart && [&names.published, &names.opened, &names.refunded].into_iter().all(|name| allowed(name)) {
            Ok(names)
        } else {
            Err(SettingsError::NoticePrefix)
        }
    }
}

/// What the app reads. The event id lets it show a notice once, which is why a notice may be repeated.
#[derive(Serialize)]
struct Payload<'a> {
    event_id: String,
    transfer_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coin_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<String>,
}

/// How notices are written.
pub(crate) struct Notices {
    names: Names,
    pushes: Pushes,
    include_sender: bool,
}

impl Notices {
    pub(crate) fn try_new(settings: &Settings) -> Result<Self, SettingsError> {
        Ok(Self {
            names: Names::try_new(&settings.notice_prefix)?,
            pushes: Pushes::try_new(&settings.push)?,
            include_sender: settings.include_sender,
        })
    }

    /// Writes the call that delivers a notice.
    pub(crate) fn call(&self, lane: Lane, notice: &Notice) -> Call {
        let Notice { event, packet, from, to, kind } = notice;
        let (name, push) = match kind {
            NoticeKind::Published { remark } => (&self.names.published, self.pushes.red_packet(remark)),
            NoticeKind::Opened => (&self.names.opened, self.pushes.opened()),
            NoticeKind::Refunded { .. } => (&self.names.refunded, self.pushes.refunded()),
        };
        let (content, money) = match kind {
            NoticeKind::Published { remark } => (Some(remark.as_str()), None),
            NoticeKind::Opened => (None, None),
            NoticeKind::Refunded { money } => (None, Some(money)),
        };
        let content = Payload {
            event_id: event.to_string(),
            transfer_id: packet.to_string(),
            content,
            coin_id: money.map(|money| money.coin.as_str()),
            amount: money.map(Money::to_string),
        };
        let content = serde_json::to_string(&content).expect("texts can always be written as JSON");
        let fields =
            [("fromUserId", from.as_str()), ("toUserId", to.as_str()), ("objectName", name), ("content", &content)];
        Call {
            path: "/message/private/publish.json",
            form: Form::of(fields.into_iter().chain(beside(push.as_deref(), self.include_sender))),
            repeat: Repeat::Harmless,
            quota: quota(lane),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_begin_with_the_prefix() {
        let names = Names::try_new("HB:").unwrap();
        assert_eq!((names.published.as_str(), names.opened.as_str()), ("HB:RedPacket", "HB:RedPacketOpened"));
        assert_eq!(names.refunded, "HB:RedPacketRefunded");
    }

    #[test]
    fn names_that_the_cloud_does_not_allow_are_refused() {
        for prefix in ["", "RC:", "RC:My", "红包:", "HB ", "HB\n"] {
            assert!(matches!(Names::try_new(prefix), Err(SettingsError::NoticePrefix)), "{prefix:?}");
        }
        let longest = MAX_NAME_CHARS - "RedPacketRefunded".len();
        assert!(Names::try_new(&"x".repeat(longest)).is_ok());
        assert!(Names::try_new(&"x".repeat(longest + 1)).is_err());
    }
}
