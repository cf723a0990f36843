//! `im/friend_list`, 获取好友列表.

use hongbao_domain::friend::ListFriendsRefusal;

use super::FriendData;
use crate::{Denial, Endpoint, Every, Parameter, Parameters, Refusal, Sentence};

/// Lists the caller's friends, newest first.
#[derive(Debug)]
pub struct ListFriends;

impl Endpoint for ListFriends {
    const PATH: &'static str = "/im/friend_list";
    const SUMMARY: Sentence = Sentence {
        english: "Lists the caller's friends, newest first.",
        chinese: "获取好友列表，最新的在前。",
    };
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

    fn sentence(&self) -> Sentence {
        match self {
            Self::Empty => Sentence { english: "You have no friends yet.", chinese: "好友列表为空。" },
        }
    }
}

impl Every for ListFriendsRefusal {
    fn after(before: Option<&Self>) -> Option<Self> {
        match before {
            None => Some(Self::Empty),
            Some(Self::Empty) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_friends_are_status_1() {
        assert_eq!(Refusal::status(&ListFriendsRefusal::Empty), 1);
    }
}
