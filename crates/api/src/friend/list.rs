//! `im/friend_list`, 获取好友列表.

use hongbao_domain::friend::ListFriendsRefusal;

use super::FriendData;
use crate::{Denial, Endpoint, Parameter, Parameters, Refusal};

/// Lists the caller's friends, newest first.
#[derive(Debug)]
pub struct ListFriends;

impl Endpoint for ListFriends {
    const PATH: &'static str = "/im/friend_list";
    const SUMMARY: &'static str = "Lists the caller's friends, newest first.";
    const READ: bool = true;
    const PARAMETERS: &'static [Parameter] = &[];

    type Request = ();
    type Data = Vec<FriendData>;
    type Refusal = ListFriendsRefusal;

    fn parse(_: &Parameters<'_>) -> Result<(), Denial<ListFriendsRefusal>> {
        Ok(())
    }
}

impl Refusal for ListFriendsRefusal {
    #[expect(clippy::as_conversions, reason = "a status is its number")]
    fn status(&self) -> u16 {
        (*self).status() as u16
    }

    fn code(&self) -> &'static str {
        (*self).code()
    }
}
