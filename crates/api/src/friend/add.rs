//! `im/friend_add`, 加好友.

use hongbao_domain::{friend::AddFriendRefusal, id::UserId};

use super::{FRIEND, FriendData, USER_ID, USER_ID_MALFORMED, USER_ID_MISSING};
use crate::{Denial, Endpoint, Every, Extra, Parameter, Parameters, Refusal, Sentence, fields::Required};

/// Makes the caller and another user friends.
#[derive(Debug)]
pub struct AddFriend;

impl Endpoint for AddFriend {
    const PATH: &'static str = "/im/friend_add";
    const SUMMARY: Sentence = Sentence {
        english: "Makes the caller and another user friends of each other.",
        chinese: "加好友，双方立即互为好友。",
    };
    const PARAMETERS: &'static [Parameter] = &[FRIEND.about("The new friend.", "对方用户ID。")];

    type Request = UserId;
    type Data = FriendData;
    type Refusal = AddFriendRefusal;

    fn parse(parameters: &Parameters<'_>) -> Result<UserId, Denial<AddFriendRefusal>> {
        use AddFriendRefusal::{UserIdMalformed, UserIdMissing};
        parameters.require_id(USER_ID, Required { missing: UserIdMissing, malformed: UserIdMalformed })
    }
}

impl Refusal for AddFriendRefusal {
    #[expect(clippy::as_conversions, reason = "a status is its number")]
    fn status(&self) -> u16 {
        (*self).status() as u16
    }

    fn code(&self) -> &'static str {
        (*self).code()
    }

    fn sentence(&self) -> Sentence {
        match self {
            Self::UserIdMissing => USER_ID_MISSING,
            Self::UserIdMalformed => USER_ID_MALFORMED,
            Self::Oneself => {
                Sentence { english: "You cannot add yourself as a friend.", chinese: "不能添加自己为好友。" }
            }
            Self::UserNotFound => Sentence { english: "There is no such user.", chinese: "用户不存在。" },
            Self::AlreadyFriends => {
                Sentence { english: "You are friends already.", chinese: "已经是好友了，重复添加。" }
            }
            Self::CannotBeAdded => Sentence {
                english: "This user cannot be added as a friend.",
                chinese: "该用户无法加为好友。",
            },
            Self::TooManyFriends => Sentence {
                english: "One of the two has as many friends as a user may have.",
                chinese: "您或对方的好友数已达上限。",
            },
        }
    }

    fn extra(&self) -> Extra<'_> {
        Extra::Parameter(USER_ID)
    }
}

impl Every for AddFriendRefusal {
    fn after(before: Option<&Self>) -> Option<Self> {
        match before {
            None => Some(Self::UserIdMissing),
            Some(Self::UserIdMissing) => Some(Self::UserIdMalformed),
            Some(Self::UserIdMalformed) => Some(Self::Oneself),
            Some(Self::Oneself) => Some(Self::UserNotFound),
            Some(Self::UserNotFound) => Some(Self::AlreadyFriends),
            Some(Self::AlreadyFriends) => Some(Self::CannotBeAdded),
            Some(Self::CannotBeAdded) => Some(Self::TooManyFriends),
            Some(Self::TooManyFriends) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fields, Value};

    fn read(id: &str) -> Result<UserId, Denial<AddFriendRefusal>> {
        AddFriend::read(&Fields::from_iter([(USER_ID.to_owned(), Value::Text(id.to_owned()))]))
    }

    #[test]
    fn a_user_id_may_have_25_characters() {
        let longest = "a".repeat(25);
        assert_eq!(read(&longest), Ok(longest.parse().unwrap()));
    }

    #[test]
    fn an_empty_or_wrong_user_id_is_status_1() {
        assert_eq!(read(""), Err(Denial::Refused(AddFriendRefusal::UserIdMissing)));
        for wrong in [" bob", "b.b", "鲍勃", &"a".repeat(26)] {
            let denial = read(wrong).unwrap_err();
            assert_eq!(denial, Denial::Refused(AddFriendRefusal::UserIdMalformed), "{wrong:?}");
            assert_eq!(denial.status(), 1);
        }
    }

    #[test]
    fn a_refusal_is_1_or_3_to_6_and_never_retryable() {
        for refusal in AddFriendRefusal::every() {
            let status = Refusal::status(&refusal);
            assert!(matches!(status, 1 | 3..=6), "{refusal:?} is {status}");
            // 3 is of ours here: no such user. Nothing failed that could pass.
            assert!(!refusal.is_retryable(), "{refusal:?}");
        }
    }
}
