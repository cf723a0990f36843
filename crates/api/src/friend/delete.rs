//! `im/friend_delete`, 删除好友: an extension of the contract.

use hongbao_domain::{friend::DeleteFriendRefusal, id::UserId};

use super::FriendData;
use crate::{Denial, Endpoint, Parameter, Parameters, Refusal};

/// Ends a friendship.
#[derive(Debug)]
pub struct DeleteFriend;

const USER_ID: &str = "user_id";

impl Endpoint for DeleteFriend {
    const PATH: &'static str = "/im/friend_delete";
    const SUMMARY: &'static str = "Ends the friendship of the caller and another user, for both of them.";
    const PARAMETERS: &'static [Parameter] = &[Parameter::text(USER_ID)];

    type Request = UserId;
    type Data = FriendData;
    type Refusal = DeleteFriendRefusal;

    fn parse(parameters: &Parameters<'_>) -> Result<UserId, Denial<DeleteFriendRefusal>> {
        let id = parameters.get(USER_ID).ok_or(Denial::Refused(DeleteFriendRefusal::UserIdMissing))?;
        parameters.parse_id(id).map_err(|_| Denial::Refused(DeleteFriendRefusal::UserIdMalformed))
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

    fn parameter(&self) -> Option<&'static str> {
        Some(USER_ID)
    }
}
