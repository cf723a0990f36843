//! `im/group_join`, 加入群组.

use hongbao_domain::{
    group::JoinRefusal,
    id::{GroupId, UserId},
    im_cloud::CloudRefusal,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Denial, Endpoint, Every, Extra, Form, Parameter, Parameters, Refusal, Sentence, text};

/// Joins a group.
#[derive(Debug)]
pub struct Join;

/// The group with its new member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Joined {
    /// The group.
    #[serde(serialize_with = "text::display")]
    #[schema(value_type = String, example = "0354Z03m8VJ8zlizUT1iP7")]
    pub group_id: GroupId,
    /// Its whole name.
    pub group_name: String,
    /// How many members it has, the caller among them.
    pub member_count: u64,
}

const GROUP_ID: &str = "group_id";

impl Endpoint for Join {
    const PATH: &'static str = "/im/group_join";
    const SUMMARY: Sentence = Sentence { english: "Takes the caller into a group.", chinese: "加入群组。" };
    const PARAMETERS: &'static [Parameter] =
        &[Parameter::text(GROUP_ID).required().of(Form::Id(UserId::MAX_LENGTH)).about("The group.", "群组ID。")];

    type Request = GroupId;
    type Data = Joined;
    type Refusal = JoinRefusal;

    fn parse(parameters: &Parameters<'_>) -> Result<GroupId, Denial<JoinRefusal>> {
        let id = parameters.get(GROUP_ID).ok_or(Denial::Refused(JoinRefusal::IdMissing))?;
        id.parse().map_err(|_| match parameters.parse_id(id) {
            // An id of the contract's form, which is that of a user's, but none that we write: the id of no group.
            Ok(_) => Denial::Refused(JoinRefusal::NotFound),
            Err(_) => Denial::Refused(JoinRefusal::IdMalformed),
        })
    }
}

impl Refusal for JoinRefusal {
    #[expect(clippy::as_conversions, reason = "a status is its number")]
    fn status(&self) -> u16 {
        self.status() as u16
    }

    fn code(&self) -> &'static str {
        self.code()
    }

    fn sentence(&self) -> Sentence {
        match self {
            Self::IdMissing => Sentence { english: "The group id is missing.", chinese: "群组ID为空。" },
            Self::IdMalformed => Sentence { english: "The group id is not valid.", chinese: "群组ID格式错误。" },
            Self::NotFound => Sentence { english: "There is no such group.", chinese: "群组不存在。" },
            Self::AlreadyMember => {
                Sentence { english: "You are a member of this group already.", chinese: "您已经加入该群组。" }
            }
            Self::ImCloud(refusal) => refusal.sentence(),
        }
    }

    fn extra(&self) -> Extra<'_> {
        match self {
            Self::ImCloud(refusal) => Extra::ImCloud(refusal),
            Self::IdMissing | Self::IdMalformed => Extra::Parameter(GROUP_ID),
            Self::NotFound | Self::AlreadyMember => Extra::Nothing,
        }
    }
}

impl Every for JoinRefusal {
    fn after(before: Option<&Self>) -> Option<Self> {
        match before {
            None => Some(Self::IdMissing),
            Some(Self::IdMissing) => Some(Self::IdMalformed),
            Some(Self::IdMalformed) => Some(Self::NotFound),
            Some(Self::NotFound) => Some(Self::AlreadyMember),
            Some(Self::AlreadyMember) => CloudRefusal::after(None).map(Self::ImCloud),
            Some(Self::ImCloud(refusal)) => CloudRefusal::after(Some(refusal)).map(Self::ImCloud),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fields, Value};

    fn read(id: &str) -> Result<GroupId, Denial<JoinRefusal>> {
        Join::read(&Fields::from_iter([(GROUP_ID.to_owned(), Value::Text(id.to_owned()))]))
    }

    #[test]
    fn a_group_id_is_read_back_as_it_was_written() {
        let id = GroupId::from_u128(u128::MAX);
        assert_eq!(read(&id.to_string()), Ok(id));
    }

    #[test]
    fn an_empty_or_wrong_id_is_status_1() {
        assert_eq!(read(""), Err(Denial::Refused(JoinRefusal::IdMissing)));
        for wrong in [&"g".repeat(26), " 000000000000000000001", "群", "a.b"] {
            let denial = read(wrong).unwrap_err();
            assert_eq!((&denial, denial.status()), (&Denial::Refused(JoinRefusal::IdMalformed), 1), "{wrong:?}");
        }
    }

    #[test]
    fn an_id_that_we_never_write_is_that_of_no_group() {
        for foreign in ["g", "my-group_1", &"z".repeat(22), &"0".repeat(25)] {
            let denial = read(foreign).unwrap_err();
            assert_eq!((&denial, denial.status()), (&Denial::Refused(JoinRefusal::NotFound), 4), "{foreign:?}");
        }
    }

    #[test]
    fn a_refusal_is_1_or_3_to_5_and_only_3_is_retryable() {
        for refusal in JoinRefusal::every() {
            let status = Refusal::status(&refusal);
            assert!(matches!(status, 1 | 3..=5), "{refusal:?} is {status}");
            assert_eq!(refusal.is_retryable(), status == 3, "{refusal:?}");
        }
    }
}
