//! Friends: who may add whom, and how it ends. Both are mutual and immediate; the other side is not asked.

use crate::{
    id::{CommandId, UserId},
    profile::Profile,
    store::{Answer, Book, Keys, Progress, Row, Rule},
    time::Timestamp,
};

/// The numbers that `im/friend_add` answers for a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum AddFriendStatus {
    /// `user_id` 为空
    UserIdEmpty = 1,
    /// 用户不存在
    UserNotFound = 3,
    /// 已经是好友了,重复添加
    AlreadyFriends = 4,
    /// 该用户无法加为好友
    CannotBeAdded = 5,
    /// 不能添加自己为好友
    Oneself = 6,
}

/// Why a friend is not added, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddFriendRefusal {
    /// The request names no user.
    UserIdMissing,
    /// The id is not an id.
    UserIdMalformed,
    /// Users cannot be their own friends.
    Oneself,
    /// There is no such user.
    UserNotFound,
    /// They are friends already.
    AlreadyFriends,
    /// The other side is disabled, takes no friend requests, or has blocked the caller. One refusal for all three, so
    /// that the caller does not learn of a block.
    CannotBeAdded,
    /// One of the two has as many friends as a user may have.
    TooManyFriends,
}

impl AddFriendRefusal {
    /// Gives the contract's number.
    pub const fn status(self) -> AddFriendStatus {
        match self {
            Self::UserIdMissing | Self::UserIdMalformed => AddFriendStatus::UserIdEmpty,
            Self::Oneself => AddFriendStatus::Oneself,
            Self::UserNotFound => AddFriendStatus::UserNotFound,
            Self::AlreadyFriends => AddFriendStatus::AlreadyFriends,
            Self::CannotBeAdded | Self::TooManyFriends => AddFriendStatus::CannotBeAdded,
        }
    }

    /// Gives the stable name of the cause.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UserIdMissing => "user_id_missing",
            Self::UserIdMalformed => "user_id_malformed",
            Self::Oneself => "cannot_add_oneself",
            Self::UserNotFound => "user_not_found",
            Self::AlreadyFriends => "already_friends",
            Self::CannotBeAdded => "cannot_be_added",
            Self::TooManyFriends => "too_many_friends",
        }
    }
}

/// The numbers that `im/friend_delete` answers for a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum DeleteFriendStatus {
    /// `user_id` 为空
    UserIdEmpty = 1,
    /// 不是好友
    NotAFriend = 3,
}

/// Why no friendship is ended, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeleteFriendRefusal {
    /// No user was named.
    UserIdMissing,
    /// The id is not an id.
    UserIdMalformed,
    /// The two are not friends: there is no such user, or it is oneself, or the friendship has ended.
    NotAFriend,
}

impl DeleteFriendRefusal {
    /// Gives the contract's number.
    pub const fn status(self) -> DeleteFriendStatus {
        match self {
            Self::UserIdMissing | Self::UserIdMalformed => DeleteFriendStatus::UserIdEmpty,
            Self::NotAFriend => DeleteFriendStatus::NotAFriend,
        }
    }

    /// Gives the stable name of the cause.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UserIdMissing => "user_id_missing",
            Self::UserIdMalformed => "user_id_malformed",
            Self::NotAFriend => "not_a_friend",
        }
    }
}

/// The numbers that `im/friend_list` answers for a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum ListFriendsStatus {
    /// 好友列表为空
    Empty = 1,
}

/// Why there is no list of friends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListFriendsRefusal {
    /// The user has no friends yet. Contract: an empty list is a status of its own.
    Empty,
}

impl ListFriendsRefusal {
    /// Gives the contract's number.
    pub const fn status(self) -> ListFriendsStatus {
        match self {
            Self::Empty => ListFriendsStatus::Empty,
        }
    }

    /// Gives the stable name of the cause.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "no_friends",
        }
    }
}

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

/// Asks to make two users friends of each other, both directions at once or none. Answers `other` as `user` sees it.
///
/// `user` must exist. Refused in the order of [`check_candidate`], then where one of the two has `max` friends, judged in the
/// same atomic step: however many adds come at the same moment, no user gets more than `max`. A repeat, from either side, is
/// refused as already done; of two adds of one pair at the same moment one is done and one refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddFriend {
    /// Who asks.
    pub user: UserId,
    /// Whom to add.
    pub other: UserId,
    /// How many friends a user may have.
    pub max: u32,
}

/// Asks to end the friendship of two users, both directions at once or none. Answers `other` as `user` saw it.
///
/// A repeat, from either side, is refused; of two at the same moment one is done and one refused. It touches no block, and
/// the two may be added again. That one of them is disabled does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeleteFriend {
    /// Who asks.
    pub user: UserId,
    /// Who is to be a friend no more.
    pub other: UserId,
}

/// Asks to set or lift the block that `user` puts on `other`. A repeat changes nothing.
///
/// A block keeps `other` from adding `user`. It has one direction and ends no friendship.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetBlock {
    /// Who blocks.
    pub user: UserId,
    /// Whom.
    pub other: UserId,
    /// Whether there is a block from now on.
    pub is_blocked: bool,
}

/// Says why a block is neither set nor lifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockRefusal {
    /// One of the two does not exist.
    UserNotFound,
}

/// What is known of a user whom another wants to add.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and any may go with any")]
pub struct Candidate {
    /// Whether the two are friends.
    pub is_friend: bool,
    /// Whether the candidate takes part, that is, is not disabled.
    pub is_active: bool,
    /// Whether the candidate may be added by others.
    pub takes_friend_requests: bool,
    /// Whether the candidate has blocked the one who adds.
    pub has_blocked: bool,
}

/// Checks whether `user` may add `other`. `candidate` is what is known of `other`; `None`: there is no such user.
///
/// A block is one-way: a user may still add another whom they have blocked.
pub fn check_candidate(user: UserId, other: UserId, candidate: Option<Candidate>) -> Result<(), AddFriendRefusal> {
    if user == other {
        return Err(AddFriendRefusal::Oneself);
    }
    let Some(candidate) = candidate else {
        return Err(AddFriendRefusal::UserNotFound);
    };
    if candidate.is_friend {
        return Err(AddFriendRefusal::AlreadyFriends);
    }
    if !candidate.is_active || !candidate.takes_friend_requests || candidate.has_blocked {
        return Err(AddFriendRefusal::CannotBeAdded);
    }
    Ok(())
}

/// Checks whether both sides have room for one more friend, after everything else was checked.
///
/// `most` is how many friends the one of the two has who has more of them; `max` is the most that a user may have.
pub fn check_room(most: u64, max: u32) -> Result<(), AddFriendRefusal> {
    if most < u64::from(max) { Ok(()) } else { Err(AddFriendRefusal::TooManyFriends) }
}

impl Rule for AddFriend {
    fn touch(&self, keys: &mut Keys) {
        let Self { user, other, max: _ } = *self;
        keys.users.extend([user, other]);
        keys.friendships.insert(Friendship::between(user, other));
        keys.blocks.insert(Block { user: other, blocked: user });
        keys.friends_of.extend([user, other]);
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<Friend, AddFriendRefusal> {
        let Self { user, other, max } = *self;
        let users = Friendship::between(user, other);
        let found = book.users.get(&other);
        let candidate = found.map(|found| Candidate {
            is_friend: book.friendships.get(&users).is_some(),
            is_active: found.status.is_active,
            takes_friend_requests: found.status.takes_friend_requests,
            has_blocked: book.blocks.get(&Block { user: other, blocked: user }).is_some(),
        });
        check_candidate(user, other, candidate)?;
        check_room(book.friend_count(user).max(book.friend_count(other)), max)?;
        let profile = found.ok_or(AddFriendRefusal::UserNotFound)?.profile.clone();
        let since = book.now();
        book.friendships.put(Friendship { users, since: [since; 2] });
        Ok(Friend { profile, since })
    }

    fn progress(&self, answer: &Result<Friend, AddFriendRefusal>, _: &Book) -> Progress {
        Progress::Final(Answer::AddFriend(answer.clone()))
    }
}

impl Rule for DeleteFriend {
    fn touch(&self, keys: &mut Keys) {
        // The users are locked in place of their friendship, which may not be there to lock.
        keys.users.extend([self.user, self.other]);
        keys.friendships.insert(Friendship::between(self.user, self.other));
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<Friend, DeleteFriendRefusal> {
        let users = Friendship::between(self.user, self.other);
        let friendship = *book.friendships.get(&users).ok_or(DeleteFriendRefusal::NotAFriend)?;
        let profile = book.users.get(&self.other).ok_or(DeleteFriendRefusal::NotAFriend)?.profile.clone();
        book.friendships.remove(&users);
        let [since, since_of_friend] = friendship.since;
        Ok(Friend { profile, since: if self.user == friendship.users[0] { since } else { since_of_friend } })
    }

    fn progress(&self, answer: &Result<Friend, DeleteFriendRefusal>, _: &Book) -> Progress {
        Progress::Final(Answer::DeleteFriend(answer.clone()))
    }
}

impl Rule for SetBlock {
    fn touch(&self, keys: &mut Keys) {
        keys.users.extend([self.user, self.other]);
        keys.blocks.insert(Block { user: self.user, blocked: self.other });
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<(), BlockRefusal> {
        let Self { user, other, is_blocked } = *self;
        if [user, other].iter().any(|user| book.users.get(user).is_none()) {
            return Err(BlockRefusal::UserNotFound);
        }
        let block = Block { user, blocked: other };
        if is_blocked {
            book.blocks.put(block);
        } else {
            book.blocks.remove(&block);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{alice, bob};

    const STRANGER: Candidate =
        Candidate { is_friend: false, is_active: true, takes_friend_requests: true, has_blocked: false };

    #[test]
    fn a_stranger_who_takes_requests_can_be_added() {
        assert_eq!(check_candidate(alice(), bob(), Some(STRANGER)), Ok(()));
    }

    #[test]
    fn oneself_comes_before_everything_then_who_is_not_there_then_friends() {
        let worst = Candidate { is_friend: true, is_active: false, takes_friend_requests: false, has_blocked: true };
        assert_eq!(check_candidate(alice(), alice(), None), Err(AddFriendRefusal::Oneself));
        assert_eq!(check_candidate(alice(), alice(), Some(worst)), Err(AddFriendRefusal::Oneself));
        assert_eq!(check_candidate(alice(), bob(), None), Err(AddFriendRefusal::UserNotFound));
        assert_eq!(check_candidate(alice(), bob(), Some(worst)), Err(AddFriendRefusal::AlreadyFriends));
    }

    #[test]
    fn there_is_room_below_the_most_that_one_may_have() {
        assert_eq!((check_room(0, 1), check_room(4_999, 5_000)), (Ok(()), Ok(())));
        for (most, max) in [(1, 1), (5_000, 5_000), (5_001, 5_000)] {
            assert_eq!(check_room(most, max), Err(AddFriendRefusal::TooManyFriends), "{most} of {max}");
        }
    }

    #[test]
    fn who_is_disabled_shut_or_has_blocked_cannot_be_added() {
        let shut = [
            Candidate { is_active: false, ..STRANGER },
            Candidate { takes_friend_requests: false, ..STRANGER },
            Candidate { has_blocked: true, ..STRANGER },
        ];
        for candidate in shut {
            let answer = check_candidate(alice(), bob(), Some(candidate));
            assert_eq!(answer, Err(AddFriendRefusal::CannotBeAdded), "{candidate:?}");
        }
    }
}
