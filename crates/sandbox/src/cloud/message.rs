//! A message: as it was sent, as it is kept, as it is shown.

use std::{collections::BTreeMap, num::NonZeroU8, sync::Arc};

use serde::{Serialize, Serializer, ser::Error as _};
use time::{
    OffsetDateTime,
    format_description::well_known::{
        Iso8601,
        iso8601::{Config, EncodedConfig, TimePrecision},
    },
};

use super::{letter::Letter, push::Push};

/// A message in a user's inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Who sent it, at most 64 bytes.
    pub from_user_id: String,
    /// To whom it was sent: the owner of the inbox, or a group of the owner's. A copy for the sender keeps the receiver.
    #[serde(flatten)]
    pub to: Target,
    /// The message type, such as `RC:TxtMsg`, at most 32 characters.
    pub object_name: String,
    /// The content exactly as it was sent, at most 128 KiB. Built-in types hold JSON in it.
    pub content: String,
    /// The id that the sender was told, of the form `XXXX-XXXX-XXXX-XXXX`. All members of a group have the same.
    #[serde(rename = "messageUID")]
    pub message_uid: String,
    /// When it was sent, in UTC. Written as RFC 3339 with milliseconds.
    #[serde(serialize_with = "write_millis")]
    pub sent_at: OffsetDateTime,
    /// Those of its optional parameters that have an effect on such a message, as they were sent: `pushContent`,
    /// `isIncludeSender`, `expansion` and so on. Each is written beside the other fields.
    #[serde(flatten)]
    pub parameters: BTreeMap<&'static str, String>,
    /// What the phone of the owner would show if the owner were offline. Nothing is written if nothing would be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push: Option<Push>,
    /// Whether it was recalled. It stays in its place, so that one can see what was recalled. Written only if true.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub recalled: bool,
    /// Whether the cloud keeps it back until the owner is no longer blocked. Written only if true.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
}

/// To whom a message is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Target {
    /// One user, by id, at most 64 bytes. Written as `toUserId`.
    #[serde(rename = "toUserId")]
    User(String),
    /// One group, by id, at most 64 characters. Written as `toGroupId`.
    #[serde(rename = "toGroupId")]
    Group(String),
}

/// What the sender is told about one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) to: Target,
    pub(crate) message_uid: String,
}

/// A letter in one inbox. A thousand receivers share one copy of the content.
#[derive(Debug)]
pub(super) struct Delivery {
    pub(super) letter: Arc<Letter>,
    /// In whose inbox it is.
    pub(super) owner: String,
    pub(super) receipt: Receipt,
    pub(super) sent_at: OffsetDateTime,
    pub(super) recalled: bool,
}

impl Delivery {
    /// Shows the message. What was sent since `held_since` is kept back, and pushed to no phone.
    pub(super) fn show(&self, held_since: Option<OffsetDateTime>) -> Message {
        let Delivery { letter, owner, receipt, sent_at, recalled } = self;
        let held = held_since.is_some_and(|since| *sent_at >= since);
        Message {
            from_user_id: letter.from_user_id.clone(),
            to: receipt.to.clone(),
            object_name: letter.object_name.clone(),
            content: letter.content.clone(),
            message_uid: receipt.message_uid.clone(),
            sent_at: *sent_at,
            parameters: letter.parameters.clone(),
            push: Push::preview(letter, owner).filter(|_| !held),
            recalled: *recalled,
            held,
        }
    }
}

const MILLIS: EncodedConfig =
    Config::DEFAULT.set_time_precision(TimePrecision::Second { decimal_digits: NonZeroU8::new(3) }).encode();

/// Writes a time as RFC 3339 with milliseconds.
pub(super) fn write_millis<S: Serializer>(at: &OffsetDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    let text = at.format(&Iso8601::<MILLIS>).map_err(S::Error::custom)?;
    serializer.serialize_str(&text)
}

/// Writes a time, if there is one, as RFC 3339 with milliseconds.
#[expect(clippy::ref_option, reason = "serde wants a reference")]
pub(crate) fn write_millis_if_any<S: Serializer>(
    at: &Option<OffsetDateTime>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => write_millis(at, serializer),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::Duration;

    use super::*;

    fn message(to: Target) -> Message {
        Message {
            from_user_id: "alice".to_owned(),
            to,
            object_name: "HB:Test".to_owned(),
            content: "{}".to_owned(),
            message_uid: "AAAA-BBBB-CCCC-DDDD".to_owned(),
            sent_at: OffsetDateTime::UNIX_EPOCH + Duration::milliseconds(120),
            parameters: BTreeMap::new(),
            push: None,
            recalled: false,
            held: false,
        }
    }

    #[test]
    fn a_message_is_shown_with_milliseconds_even_when_they_end_in_zero() {
        assert_eq!(
            serde_json::to_value(message(Target::User("bob".to_owned()))).unwrap(),
            json!({
                "fromUserId": "alice",
                "toUserId": "bob",
                "objectName": "HB:Test",
                "content": "{}",
                "messageUID": "AAAA-BBBB-CCCC-DDDD",
                "sentAt": "1970-01-01T00:00:00.120Z",
            })
        );
    }

    #[test]
    fn parameters_are_shown_under_their_own_names_and_the_push_beside_them() {
        let parameters = BTreeMap::from([("pushContent", "hi".to_owned()), ("isPersisted", "1".to_owned())]);
        let push = Some(Push::Text("hi".to_owned()));

        let shown =
            serde_json::to_value(Message { parameters, push, ..message(Target::User("bob".to_owned())) }).unwrap();

        assert_eq!([&shown["pushContent"], &shown["isPersisted"], &shown["push"]], ["hi", "1", "hi"]);
        let default = Message { push: Some(Push::Default), ..message(Target::User("bob".to_owned())) };
        assert_eq!(serde_json::to_value(default).unwrap()["push"], "(the cloud's own text)");
    }

    #[test]
    fn a_message_to_a_group_names_the_group_and_a_recalled_one_says_so() {
        let message = Message { recalled: true, ..message(Target::Group("friends".to_owned())) };

        assert_eq!(
            serde_json::to_value(message).unwrap(),
            json!({
                "fromUserId": "alice",
                "toGroupId": "friends",
                "objectName": "HB:Test",
                "content": "{}",
                "messageUID": "AAAA-BBBB-CCCC-DDDD",
                "sentAt": "1970-01-01T00:00:00.120Z",
                "recalled": true,
            })
        );
    }
}
