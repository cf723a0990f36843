//! A message: as it was sent, as it is kept, as it is shown.

use std::{num::NonZeroU8, sync::Arc};

use serde::{Serialize, Serializer, ser::Error as _};
use time::{
    OffsetDateTime,
    format_description::well_known::{
        Iso8601,
        iso8601::{Config, EncodedConfig, TimePrecision},
    },
};

/// A message in somebody's inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Who sent it, at most 64 bytes.
    pub from_user_id: String,
    /// In whose inbox it is, at most 64 bytes.
    pub to_user_id: String,
    /// The message type, such as `RC:TxtMsg`, at most 32 characters.
    pub object_name: String,
    /// The content exactly as it was sent, at most 128 KiB. Built-in types hold JSON in it.
    pub content: String,
    /// The id that the sender was told, of the form `XXXX-XXXX-XXXX-XXXX`.
    #[serde(rename = "messageUID")]
    pub message_uid: String,
    /// When it was sent, in UTC. Written as RFC 3339 with milliseconds.
    #[serde(serialize_with = "write_millis")]
    pub sent_at: OffsetDateTime,
}

/// What a sender writes, whoever receives it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) from_user_id: String,
    pub(crate) object_name: String,
    pub(crate) content: String,
}

/// What the sender is told about one receiver.
#[derive(Debug)]
pub(crate) struct Receipt {
    pub(crate) user_id: String,
    pub(crate) message_uid: String,
}

/// A letter in one inbox. A thousand receivers share one copy of the content.
#[derive(Debug)]
pub(super) struct Delivery {
    pub(super) letter: Arc<Letter>,
    pub(super) to_user_id: String,
    pub(super) message_uid: String,
    pub(super) sent_at: OffsetDateTime,
}

impl From<&Delivery> for Message {
    fn from(delivery: &Delivery) -> Self {
        let letter = &delivery.letter;
        Self {
            from_user_id: letter.from_user_id.clone(),
            to_user_id: delivery.to_user_id.clone(),
            object_name: letter.object_name.clone(),
            content: letter.content.clone(),
            message_uid: delivery.message_uid.clone(),
            sent_at: delivery.sent_at,
        }
    }
}

const MILLIS: EncodedConfig =
    Config::DEFAULT.set_time_precision(TimePrecision::Second { decimal_digits: NonZeroU8::new(3) }).encode();

fn write_millis<S: Serializer>(at: &OffsetDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    let text = at.format(&Iso8601::<MILLIS>).map_err(S::Error::custom)?;
    serializer.serialize_str(&text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::Duration;

    use super::*;

    #[test]
    fn a_message_is_shown_with_milliseconds_even_when_they_end_in_zero() {
        let message = Message {
            from_user_id: "alice".to_owned(),
            to_user_id: "bob".to_owned(),
            object_name: "HB:Test".to_owned(),
            content: "{}".to_owned(),
            message_uid: "AAAA-BBBB-CCCC-DDDD".to_owned(),
            sent_at: OffsetDateTime::UNIX_EPOCH + Duration::milliseconds(120),
        };

        assert_eq!(
            serde_json::to_value(message).unwrap(),
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
}
