//! `im/friend_delete`, 删除好友: an extension of the contract.

use hongbao_domain::{friend::DeleteFriendRefusal, id::UserId};

use super::{FRIEND, FriendData, USER_ID, USER_ID_MALFORMED, USER_ID_MISSING};
use crate::{Denial, Endpoint, Every, Extra, Parameter, Parameters, Refusal, Sentence, fields::Required};

/// Ends a friendship.
#[derive(Debug)]
pub struct DeleteFriend;

impl Endpoint for DeleteFriend {
    const PATH: &'static str = "/im/friend_delete";
    const SUMMARY: Sentence = Sentence {
        english: "Ends the friendship of the caller and another user, for both of them.",
        chinese: "删除好友，双方的好友关系同时解除。",
    };
    const PARAMETERS: &'static [Parameter] = &[FRIEND.about("The friend.", "对方用户ID。")];

    type Request = UserId;
    type Data = FriendData;
    type Refusal = DeleteFriendRefusal;

    fn parse(parameters: &Parameters<'_>) -> Result<UserId, Denial<DeleteFriendRefusal>> {
        use DeleteFriendRefusal::{UserIdMalformed, UserIdMissing};
        parameters.require_id(USER_ID, Required { missing: UserIdMissing, malformed: UserIdMalformed })
    }
}

impl Refusal for DeleteFriendRefusal {
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
            Self::NotAFriend => Sentence { english: "You are not friends.", chinese: "对方不是您的好友。" },
        }
    }

    fn extra(&self) -> Extra<'_> {
        Extra::Parameter(USER_ID)
    }
}

impl Every for DeleteFriendRefusal {
    fn after(before: Option<&Self>) -> Option<Self> {
        match before {
            None => Some(Self::UserIdMissing),
            Some(Self::UserIdMissing) => Some(Self::UserIdMalformed),
            Some(Self::UserIdMalformed) => Some(Self::NotAFriend),
            Some(Self::NotAFriend) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_1_or_3_and_never_retryable() {
        for refusal in DeleteFriendRefusal::every() {
            let status = Refusal::status(&refusal);
            assert!(matches!(status, 1 | 3), "{refusal:?} is {status}");
            assert!(!refusal.is_retryable(), "{refusal:?}");
        }
    }
}
