//! Friends: who may add whom, and how it ends. Both are mutual and immediate; the other side is not asked.

mod add;
mod block;
mod delete;
mod status;

pub use self::{
    add::{AddFriend, Candidate, check_candidate, check_room},
    block::{BlockRefusal, SetBlock},
    delete::DeleteFriend,
    status::{
        AddFriendRefusal, AddFriendStatus, DeleteFriendRefusal, DeleteFriendStatus, ListFriendsRefusal,
        ListFriendsStatus,
    },
};
use crate::{id::UserId, profile::Profile, store::Row, time::Timestamp};

/// One friend of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Friend {
    /// Who, and how the friend shows.
    pub profile: Profile,
    /// When the two became friends. The same on both sides.
    pub since: Timestamp,
}

/// Two users who are friends of each other: one row, for neither side can be without the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Friendship {
    /// The two, in the order of their ids.
    pub users: [UserId; 2],
    /// Since when, as each of them sees it.
    pub since: [Timestamp; 2],
}

impl Friendship {
    /// Puts two users into the order of their ids, which is the key of their friendship.
    pub fn between(one: UserId, other: UserId) -> [UserId; 2] {
        if one <= other { [one, other] } else { [other, one] }
    }

    /// Says whether it is a friendship of this user.
    pub fn has(&self, user: UserId) -> bool {
        self.users.contains(&user)
    }
}

impl Row for Friendship {
    type Key = [UserId; 2];

    fn key(&self) -> [UserId; 2] {
        self.users
    }
}

/// Says that a user does not want to be added by another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Block {
    /// Who blocks.
    pub user: UserId,
    /// Whom.
    pub blocked: UserId,
}

impl Row for Block {
    type Key = Self;

    fn key(&self) -> Self {
        *self
    }
}
