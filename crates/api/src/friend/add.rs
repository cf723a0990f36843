//! `im/friend_add`, 加好友.

use hongbao_domain::{friend::AddFriendRefusal, id::UserId};

use super::FriendData;
use crate::{Denial, Endpoint, Parameter, Parameters, Refusal};

/// Makes the caller and another user friends.
#[derive(Debug)]
pub struct AddFriend;

const USER_ID: &str = "user_id";

impl Endpoint for AddFriend {
    const PATH: &'static str = "/im/friend_add";
    const SUMMARY: &'static str = "Makes the caller and another user friends of each other.";
    const PARAMETERS: &'static [Parameter] = &[Parameter::text(USER_ID)];

    type Request = UserId;
    type Data = FriendData;
    type Refusal = AddFriendRefusal;

    fn parse(parameters: &Parameters<'_>) -> Result<UserId, Denial<AddFriendRefusal>> {
        let id = parameters.get(USER_ID).ok_or(Denial::Refused(AddFriendRefusal::UserIdMissing))?;
        parameters.parse_id(id).map_err(|_| Denial::Refused(AddFriendRefusal::UserIdMalformed))
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

    fn parameter(&self) -> Option<&'static str> {
        Some(USER_ID)
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
}
