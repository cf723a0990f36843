//! A notice about a packet, as a private message of a type of our own.
//!
//! <https://docs.rongcloud.cn/platform-chat-api/message/send-private>: the content of such a type may be any string,
//! and an app sees it if it registered the type with its client SDK.

use hongbao_ports::{Notice, NoticeKind};
use serde::Serialize;

use crate::{
    SettingsError,
    call::{Call, Form, Quota, Repeat},
};

const MAX_NAME_CHARS: usize = 32;

/// The names of our message types.
pub(crate) struct Names {
    published: String,
    opened: String,
}

impl Names {
    pub(crate) fn try_new(prefix: &str) -> Result<Self, SettingsError> {
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

/// Writes the call that delivers a notice.
pub(crate) fn call(names: &Names, notice: &Notice) -> Call {
    let Notice { event, packet, from, to, kind } = notice;
    let (name, remark) = match kind {
        NoticeKind::Published { remark } => (&names.published, Some(remark.as_str())),
        NoticeKind::Opened => (&names.opened, None),
    };
    let content = Payload { event_id: event.to_string(), transfer_id: packet.to_string(), content: remark };
    let content = serde_json::to_string(&content).expect("texts can always be written as JSON");
    Call {
        path: "/message/private/publish.json",
        form: Form::of([
            ("fromUserId", from.as_str()),
            ("toUserId", to.as_str()),
            ("objectName", name),
            ("content", &content),
        ]),
        repeat: Repeat::Harmless,
        quota: Quota::PrivateMessages,
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
