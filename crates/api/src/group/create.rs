//! `im/group_create`, 创建群组.

use hongbao_domain::{
    group::{CreateGroup, CreateRefusal, Group, GroupName, Memo, ParseGroupTextError},
    id::{GroupId, UserId},
    im_cloud::CloudRefusal,
    time::Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Denial, Endpoint, Every, Extra, Form, Invalid, Parameter, Parameters, Refusal, Sentence, fields::Required, text,
};

/// Creates a group.
#[derive(Debug)]
pub struct Create;

/// The new group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Created {
    /// The group.
    #[serde(serialize_with = "text::display")]
    #[schema(value_type = String, example = "0354Z03m8VJ8zlizUT1iP7")]
    pub group_id: GroupId,
    /// Its whole name.
    pub group_name: String,
    /// What its creator says about it; empty where nothing was said.
    pub memo: String,
    /// Who created it, and is its first member.
    #[serde(serialize_with = "text::display")]
    #[schema(value_type = String, example = "alice")]
    pub owner_id: UserId,
    /// When.
    #[serde(serialize_with = "text::moment")]
    #[schema(value_type = String, format = DateTime, example = "2026-11-27T00:21:06.161Z")]
    pub created_at: Timestamp,
}

impl From<&Group> for Created {
    fn from(group: &Group) -> Self {
        Self {
            group_id: group.id,
            group_name: group.name.as_str().to_owned(),
            memo: group.memo.as_str().to_owned(),
            owner_id: group.owner,
            created_at: group.created_at,
        }
    }
}

const GROUP_NAME: &str = "group_name";
const MEMO: &str = "memo";

impl Endpoint for Create {
    const PATH: &'static str = "/im/group_create";
    const SUMMARY: Sentence = Sentence {
        english: "Creates a group with the caller as its first member.",
        chinese: "创建群组，调用者为首位成员。",
    };
    const PARAMETERS: &'static [Parameter] = &[
        Parameter::text(GROUP_NAME)
            .required()
            .of(Form::Text(GroupName::MAX_CHARS))
            .about("The name of the group.", "群组名称。"),
        Parameter::text(MEMO).of(Form::Text(Memo::MAX_CHARS)).about("What its creator says about it.", "群组备注。"),
    ];

    type Request = CreateGroup;
    type Data = Created;
    type Refusal = CreateRefusal;

    fn parse(parameters: &Parameters<'_>) -> Result<CreateGroup, Denial<CreateRefusal>> {
        use CreateRefusal::{NameMalformed, NameMissing};
        let name = parameters.require(GROUP_NAME, Required { missing: NameMissing, malformed: NameMalformed })?;
        let memo = parameters.get(MEMO).unwrap_or_default();
        let memo = memo.parse().map_err(|error| match error {
            ParseGroupTextError::TooLong => Invalid::TooLong(MEMO),
            ParseGroupTextError::Empty | ParseGroupTextError::Nul => Invalid::IllegalCharacter(MEMO),
        })?;
        Ok(CreateGroup { name, memo })
    }
}

impl Refusal for CreateRefusal {
    #[expect(clippy::as_conversions, reason = "a status is its number")]
    fn status(&self) -> u16 {
        self.status() as u16
    }

    fn code(&self) -> &'static str {
        self.code()
    }

    fn sentence(&self) -> Sentence {
        match self {
            Self::NameMissing => {
                Sentence { english: "The name of the group is missing.", chinese: "群组名为空。" }
            }
            Self::NameMalformed => Sentence {
                english: "The name of the group is too long or has a character that is not allowed.",
                chinese: "群组名过长或包含不允许的字符。",
            },
            Self::Database => Sentence {
                english: "The database is not available; nothing has changed.",
                chinese: "数据库错误，未发生任何变动。",
            },
            Self::ImCloud(refusal) => refusal.sentence(),
        }
    }

    fn extra(&self) -> Extra<'_> {
        match self {
            Self::ImCloud(refusal) => Extra::ImCloud(refusal),
            Self::NameMissing | Self::NameMalformed => Extra::Parameter(GROUP_NAME),
            Self::Database => Extra::Nothing,
        }
    }

    fn is_retryable(&self) -> bool {
        match self {
            Self::ImCloud(_) | Self::Database => true,
            Self::NameMissing | Self::NameMalformed => false,
        }
    }
}

impl Every for CreateRefusal {
    fn after(before: Option<&Self>) -> Option<Self> {
        match before {
            None => Some(Self::NameMissing),
            Some(Self::NameMissing) => Some(Self::NameMalformed),
            Some(Self::NameMalformed) => Some(Self::Database),
            Some(Self::Database) => CloudRefusal::after(None).map(Self::ImCloud),
            Some(Self::ImCloud(refusal)) => CloudRefusal::after(Some(refusal)).map(Self::ImCloud),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fields, Value};

    fn read(name: &str, memo: &str) -> Result<CreateGroup, Denial<CreateRefusal>> {
        let pair = |key: &str, value: &str| (key.to_owned(), Value::Text(value.to_owned()));
        Create::read(&Fields::from_iter([pair(GROUP_NAME, name), pair(MEMO, memo)]))
    }

    #[test]
    fn an_empty_or_wrong_name_is_status_1() {
        assert_eq!(read("", ""), Err(Denial::Refused(CreateRefusal::NameMissing)));
        for wrong in ["群".repeat(256), "a\0".to_owned()] {
            let denial = read(&wrong, "").unwrap_err();
            assert_eq!(denial, Denial::Refused(CreateRefusal::NameMalformed));
            assert_eq!(denial.status(), 1);
        }
        assert!(read(&"群".repeat(255), "").is_ok());
    }

    #[test]
    fn a_memo_may_be_left_out_and_a_wrong_one_is_no_request() {
        assert_eq!(read("好友", "").unwrap().memo.as_str(), "");
        assert_eq!(read("好友", &"备".repeat(256)), Err(Denial::Invalid(Invalid::TooLong(MEMO))));
        assert_eq!(read("好友", "a\0"), Err(Denial::Invalid(Invalid::IllegalCharacter(MEMO))));
        assert!(read("好友", &"备".repeat(255)).is_ok());
    }

    #[test]
    fn the_name_is_judged_before_the_memo() {
        assert_eq!(read("", &"备".repeat(256)), Err(Denial::Refused(CreateRefusal::NameMissing)));
    }

    #[test]
    fn a_refusal_is_1_3_or_4_and_only_3_and_4_are_retryable() {
        for refusal in CreateRefusal::every() {
            let status = Refusal::status(&refusal);
            assert!(matches!(status, 1 | 3 | 4), "{refusal:?} is {status}");
            assert_eq!(refusal.is_retryable(), matches!(status, 3 | 4), "{refusal:?}");
        }
    }
}
