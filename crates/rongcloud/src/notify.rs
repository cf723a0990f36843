//! A notice about a packet, as a private message of a type of our own.
//!
//! <https://docs.rongcloud.cn/platform-chat-api/message/send-private>: the content of such a type may be any string,
//! and an app sees it if it registered the type with its client SDK.

use hongbao_ports::{Notice, NoticeKind};
use serde::Serialize;

use crate::{
    Settings, SettingsError,
    call::{Call, Form, Quota, Repeat},
    message::beside,
    push::Pushes,
};

const MAX_NAME_CHARS: usize = 32;

/// The names of our message types.
struct Names {
    published: String,
    opened: String,
}

impl Names {
    fn try_new(prefix: &str) -> Result<Self, SettingsError> {
        let names = Self { published: format!("{prefix}RedPacket"), opened: format!("{prefix}RedPacketOpened") };
        let allowed = |name: &str| {
            name.len() <= MAX_NAME_CHARS && !name.starts_with("RC:") && name.bytes().all(|byte| byte.is_ascii_graphic())
        };
        // Whatever has our prefix comes from us alone. Without one, a user could send what looks like our notice.
        let is_told_apart = !prefix.is_empty();
        if is_told_apart && allowed(&names.published) && allowed(&names.opened) {
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
    pub(crate) fn call(&self, notice: &Notice) -> Call {
        let Notice { event, packet, from, to, kind } = notice;
        let (name, remark, push) = match kind {
            NoticeKind::Published { remark } => {
                (&self.names.published, Some(remark.as_str()), self.pushes.red_packet(remark))
            }
            NoticeKind::Opened => (&self.names.opened, None, self.pushes.opened()),
        };
        let content = Payload { event_id: event.to_string(), transfer_id: packet.to_string(), content: remark };
        let content = serde_json::to_string(&content).expect("texts can always be written as JSON");
        let fields =
            [("fromUserId", from.as_str()), ("toUserId", to.as_str()), ("objectName", name), ("content", &content)];
        Call {
            path: "/message/private/publish.json",
            form: Form::of(fields.into_iter().chain(beside(push.as_deref(), self.include_sender))),
            repeat: Repeat::Harmless,
            quota: Quota::PrivateMessages,
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
    }

    #[test]
    fn names_that_the_cloud_does_not_allow_are_refused() {
        for prefix in ["", "RC:", "RC:My", "红包:", "HB ", "HB\n"] {
            assert!(matches!(Names::try_new(prefix), Err(SettingsError::NoticePrefix)), "{prefix:?}");
        }
        let longest = MAX_NAME_CHARS - "RedPacketOpened".len();
        assert!(Names::try_new(&"x".repeat(longest)).is_ok());
        assert!(Names::try_new(&"x".repeat(longest + 1)).is_err());
    }
}
