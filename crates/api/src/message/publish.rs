//! `im/msg_private_publish`, 发送单聊消息.

use hongbao_domain::{
    id::{ParseIdError, UserId},
    im_cloud::CloudRefusal,
    message::{
        Content, ContentTooLong, ObjectName, ParseObjectNameError, ParsePushContentError, PushContent, SendRefusal,
    },
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Denial, Endpoint, Every, Extra, Form, Invalid, Parameter, Parameters, Refusal, Sentence,
    refusal::RECEIVER_NOT_FOUND, text,
};

/// Sends a message to one user.
#[derive(Debug)]
pub struct Publish;

/// What a sender says, and to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishRequest {
    /// Who gets it.
    pub receiver: UserId,
    /// Which kind of message it is.
    pub object_name: ObjectName,
    /// What it says.
    pub content: Content,
    /// What a phone shows about it; `None`: what the IM cloud has for this kind.
    pub push_content: Option<PushContent>,
    /// Whether the sender's own clients get a copy; `None`: as the server is set.
    pub include_sender: Option<bool>,
}

/// The message that the IM cloud has taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PublishedMessage)]
pub struct Published {
    /// Who gets it.
    #[serde(serialize_with = "text::display")]
    #[schema(value_type = String, example = "bob")]
    pub to_user_id: UserId,
    /// Which kind of message it is.
    #[serde(serialize_with = "text::display")]
    #[schema(value_type = String, example = "RC:TxtMsg")]
    pub object_name: ObjectName,
    /// The cloud's name of it; null where it gives none.
    #[schema(required)]
    pub message_uid: Option<String>,
}

const TO_USER_ID: &str = "toUserId";
const OBJECT_NAME: &str = "objectName";
const CONTENT: &str = "content";
const PUSH_CONTENT: &str = "push_content";
const INCLUDE_SENDER: &str = "include_sender";

impl Endpoint for Publish {
    const PATH: &'static str = "/im/msg_private_publish";
    const SUMMARY: Sentence =
        Sentence { english: "Sends a message to one user.", chinese: "向一个用户发送单聊消息。" };
    /// 128 KiB of content, in the longest encoding that anybody writes: six bytes for one.
    const BODY_LIMIT_BYTES: usize = 1024 * 1024;
    const PARAMETERS: &'static [Parameter] = &[
        Parameter::text(TO_USER_ID)
            .required()
            .of(Form::Id(UserId::MAX_LENGTH))
            .about("Who gets the message.", "收信息用户ID。"),
        Parameter::text(OBJECT_NAME)
            .required()
            .of(Form::Visible(ObjectName::MAX_LENGTH))
            .about("The kind of message, as RC:TxtMsg.", "消息类别，例如RC:TxtMsg，请参考融云文档。"),
        Parameter::text(CONTENT)
            .required()
            .of(Form::Bytes(Content::MAX_BYTES))
            .about("What it says; for RongCloud's own kinds a JSON text.", "消息内容；融云内置类别须为JSON文本。"),
        Parameter::text(PUSH_CONTENT)
            .of(Form::Line(PushContent::MAX_CHARS))
            .about("What a phone shows while the app does not run there.", "应用未运行时手机推送显示的内容。"),
        Parameter::number(INCLUDE_SENDER)
            .of(Form::Flag)
            .about("1: the sender's own clients get a copy; 0: none.", "1：发送者的其他客户端也收到一份；0：不收。"),
    ];

    type Request = PublishRequest;
    type Data = Published;
    type Refusal = SendRefusal;

    fn parse(parameters: &Parameters<'_>) -> Result<PublishRequest, Denial<SendRefusal>> {
        let required = |name| parameters.get(name).ok_or(Invalid::Missing(name));
        let (receiver, object_name, content) = (required(TO_USER_ID)?, required(OBJECT_NAME)?, required(CONTENT)?);
        Ok(PublishRequest {
            receiver: parameters.parse_id(receiver).map_err(|error| match error {
                ParseIdError::Empty => Invalid::Missing(TO_USER_ID),
                ParseIdError::WrongLength => Invalid::TooLong(TO_USER_ID),
                ParseIdError::IllegalCharacter => Invalid::IllegalCharacter(TO_USER_ID),
            })?,
            object_name: object_name.parse().map_err(|error| match error {
                ParseObjectNameError::Empty => Invalid::Missing(OBJECT_NAME),
                ParseObjectNameError::TooLong => Invalid::TooLong(OBJECT_NAME),
                ParseObjectNameError::IllegalCharacter => Invalid::IllegalCharacter(OBJECT_NAME),
            })?,
            content: content.parse().map_err(|ContentTooLong| Invalid::TooLong(CONTENT))?,
            push_content: parameters.get(PUSH_CONTENT).map(push_content).transpose()?,
            include_sender: match parameters.get(INCLUDE_SENDER) {
                None => None,
                Some("0") => Some(false),
                Some("1") => Some(true),
                Some(_) => return Err(Invalid::IllegalCharacter(INCLUDE_SENDER).into()),
            },
        })
    }
}

fn push_content(text: &str) -> Result<PushContent, Invalid> {
    text.parse().map_err(|error| match error {
        ParsePushContentError::Empty => Invalid::Missing(PUSH_CONTENT),
        ParsePushContentError::TooLong => Invalid::TooLong(PUSH_CONTENT),
        ParsePushContentError::IllegalCharacter => Invalid::IllegalCharacter(PUSH_CONTENT),
    })
}

impl Refusal for SendRefusal {
    #[expect(clippy::as_conversions, reason = "a status is its number")]
    fn status(&self) -> u16 {
        self.status() as u16
    }

    fn code(&self) -> &'static str {
        self.code()
    }

    fn sentence(&self) -> Sentence {
        match self {
            Self::ObjectNameReserved => Invalid::Reserved(OBJECT_NAME).sentence(),
            Self::ReceiverNotFound => RECEIVER_NOT_FOUND,
            Self::ImCloud(CloudRefusal::Unknown(_)) => Sentence {
                english: "The IM cloud did not answer properly; the message may have been delivered.",
                chinese: "融云服务器没有正常响应，消息可能已送达。",
            },
            Self::ImCloud(refusal @ (CloudRefusal::Rejected(_) | CloudRefusal::Busy)) => refusal.sentence(),
        }
    }

    fn invalid(&self) -> Option<Invalid> {
        match self {
            Self::ObjectNameReserved => Some(Invalid::Reserved(OBJECT_NAME)),
            Self::ReceiverNotFound | Self::ImCloud(_) => None,
        }
    }

    fn extra(&self) -> Extra<'_> {
        match self {
            Self::ObjectNameReserved => Extra::Parameter(OBJECT_NAME),
            Self::ReceiverNotFound => Extra::Parameter(TO_USER_ID),
            Self::ImCloud(refusal) => Extra::ImCloud(refusal),
        }
    }

    /// A message that may have been delivered is not to be sent again without a thought.
    fn is_retryable(&self) -> bool {
        match self {
            Self::ImCloud(CloudRefusal::Rejected(_) | CloudRefusal::Busy) => true,
            Self::ImCloud(CloudRefusal::Unknown(_)) | Self::ObjectNameReserved | Self::ReceiverNotFound => false,
        }
    }
}

impl Every for SendRefusal {
    fn after(before: Option<&Self>) -> Option<Self> {
        match before {
            None => Some(Self::ObjectNameReserved),
            Some(Self::ObjectNameReserved) => Some(Self::ReceiverNotFound),
            Some(Self::ReceiverNotFound) => CloudRefusal::after(None).map(Self::ImCloud),
            Some(Self::ImCloud(refusal)) => CloudRefusal::after(Some(refusal)).map(Self::ImCloud),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fields, Value};

    const RIGHT: [(&str, &str); 5] = [
        (TO_USER_ID, "bob"),
        (OBJECT_NAME, "RC:TxtMsg"),
        (CONTENT, "{}"),
        (PUSH_CONTENT, "[红包]"),
        (INCLUDE_SENDER, "1"),
    ];

    /// Reads a right request in which one value is replaced.
    fn read(changed: &'static str, text: &str) -> Result<PublishRequest, Denial<SendRefusal>> {
        let value = |(name, right): (&str, &str)| {
            (name.to_owned(), Value::Text(if name == changed { text } else { right }.to_owned()))
        };
        Publish::read(&RIGHT.into_iter().map(value).collect::<Fields>())
    }

    #[test]
    fn a_content_is_read_as_it_is() {
        let odd = " \0\u{7f}\u{202e}😀\r\n\"<&+%";
        assert_eq!(read(CONTENT, odd).unwrap().content.as_str(), odd);
    }

    #[test]
    fn what_is_missing_is_named() {
        for name in [TO_USER_ID, OBJECT_NAME, CONTENT] {
            assert_eq!(read(name, ""), Err(Invalid::Missing(name).into()));
        }
    }

    #[test]
    fn what_is_malformed_is_named() {
        assert_eq!(read(TO_USER_ID, "b.b"), Err(Invalid::IllegalCharacter(TO_USER_ID).into()));
        assert_eq!(read(TO_USER_ID, &"b".repeat(26)), Err(Invalid::TooLong(TO_USER_ID).into()));
        assert_eq!(read(OBJECT_NAME, "a b"), Err(Invalid::IllegalCharacter(OBJECT_NAME).into()));
        assert_eq!(read(OBJECT_NAME, &"x".repeat(33)), Err(Invalid::TooLong(OBJECT_NAME).into()));
        assert!(read(CONTENT, &"x".repeat(131_072)).is_ok());
        assert_eq!(read(CONTENT, &"x".repeat(131_073)), Err(Invalid::TooLong(CONTENT).into()));
        assert!(read(PUSH_CONTENT, &"福".repeat(255)).is_ok());
        assert_eq!(read(PUSH_CONTENT, &"福".repeat(256)), Err(Invalid::TooLong(PUSH_CONTENT).into()));
        assert_eq!(read(PUSH_CONTENT, "a\nb"), Err(Invalid::IllegalCharacter(PUSH_CONTENT).into()));
        for wrong in ["2", "true", "01", " 1"] {
            let refused = Err(Invalid::IllegalCharacter(INCLUDE_SENDER).into());
            assert_eq!(read(INCLUDE_SENDER, wrong), refused, "{wrong:?}");
        }
    }

    #[test]
    fn push_and_copy_are_the_callers_only_where_they_are_given() {
        let both = |request: PublishRequest| {
            (request.push_content.map(|text| text.as_str().to_owned()), request.include_sender)
        };
        assert_eq!(both(read(CONTENT, "{}").unwrap()), (Some("[红包]".to_owned()), Some(true)));
        assert_eq!(both(read(INCLUDE_SENDER, "0").unwrap()), (Some("[红包]".to_owned()), Some(false)));
        assert_eq!(both(read(INCLUDE_SENDER, "").unwrap()), (Some("[红包]".to_owned()), None));
        assert_eq!(both(read(PUSH_CONTENT, "").unwrap()), (None, Some(true)));
    }

    #[test]
    fn a_refusal_is_3_100_or_110_and_only_a_definite_3_is_retryable() {
        for refusal in SendRefusal::every() {
            let status = Refusal::status(&refusal);
            assert!(matches!(status, 3 | 100 | 110), "{refusal:?} is {status}");
            let is_definite = !matches!(refusal, SendRefusal::ImCloud(CloudRefusal::Unknown(_)));
            assert_eq!(refusal.is_retryable(), status == 3 && is_definite, "{refusal:?}");
            assert_eq!(refusal.invalid().is_some(), status == 100, "{refusal:?}");
        }
    }
}
