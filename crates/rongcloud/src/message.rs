//! A user's own message to another: <https://docs.rongcloud.cn/platform-chat-api/message/send-private>.

use hongbao_domain::message::{Message, PushContent};
use serde::Deserialize;

use crate::call::{Call, Form, Quota, Repeat, Reply};

/// The longest name of a message that is passed on. The cloud's have 19 characters.
const MAX_UID_BYTES: usize = 256;

/// Writes the call that sends a message; `include_sender` is for one whose sender does not say. The receiver could not
/// tell a second one from a user who says the same twice.
pub(crate) fn call(message: &Message, include_sender: bool) -> Call {
    let fields = [
        ("fromUserId", message.from.as_str()),
        ("toUserId", message.to.as_str()),
        ("objectName", message.object_name.as_str()),
        ("content", message.content.as_str()),
    ];
    let push = message.push_content.as_ref().map(PushContent::as_str);
    Call {
        path: "/message/private/publish.json",
        form: Form::of(fields.into_iter().chain(beside(push, message.include_sender.unwrap_or(include_sender)))),
        repeat: Repeat::IfNotExecuted,
        quota: Quota::PrivateMessages,
    }
}

/// Gives the fields that stand beside what is said: the text for the phone, and whether the sender gets a copy. What is
/// the cloud's default is left out.
pub(crate) fn beside(push: Option<&str>, include_sender: bool) -> impl Iterator<Item = (&'static str, &str)> {
    let push = push.map(|text| ("pushContent", text));
    push.into_iter().chain(include_sender.then_some(("isIncludeSender", "1")))
}

#[derive(Deserialize)]
struct Sent {
    #[serde(rename = "messageUIDs", default)]
    copies: Vec<Copy>,
}

#[derive(Deserialize)]
struct Copy {
    #[serde(rename = "messageUID")]
    uid: String,
}

/// Reads the cloud's name of the message. Older apps are given none, and the message is sent all the same.
pub(crate) fn uid(reply: &Reply) -> Option<String> {
    let sent: Sent = serde_json::from_slice(&reply.0).ok()?;
    let uid = sent.copies.into_iter().next()?.uid;
    (!uid.is_empty() && uid.len() <= MAX_UID_BYTES).then_some(uid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_a_name_where_the_cloud_gives_one() {
        let read = |json: &str| uid(&Reply(json.as_bytes().to_vec()));
        let named = r#"{"code":200,"messageUIDs":[{"userId":"bob","messageUID":"BU7B-0000-0000-0000"}]}"#;
        assert_eq!(read(named).as_deref(), Some("BU7B-0000-0000-0000"));
        for unnamed in [
            r#"{"code":200}"#,
            r#"{"code":200,"messageUIDs":[]}"#,
            r#"{"code":200,"messageUIDs":null}"#,
            r#"{"code":200,"messageUIDs":[{"messageUID":""}]}"#,
            r#"{"code":200,"messageUIDs":[{"messageUID":7}]}"#,
        ] {
            assert_eq!(read(unnamed), None, "{unnamed}");
        }
    }
}
