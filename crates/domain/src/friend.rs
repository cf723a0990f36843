//! Friends: who may add whom. Adding is mutual and immediate; nobody is asked.

use crate::{id::UserId, profile::Profile, time::Timestamp};

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
    /// Nobody was named.
    UserIdMissing,
    /// The id is not an id.
    UserIdMalformed,
    /// Nobody is a friend of oneself.
    Oneself,
    /// There is no such user.
    UserNotFound,
    /// They are friends already.
    AlreadyFriends,
    /// The other side is disabled, takes no friend requests, or has blocked the caller. One refusal for all three, so
    /// that nobody learns of a block.
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
/// A block is one-way: whoever has blocked somebody may still add that user.
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
/// `most` is how many friends the one of the two has who has more of them; who counts may stop at `max`, the most that
/// a user may have.
pub fn check_room(most: u64, max: u32) -> Result<(), AddFriendRefusal> {
    if most < u64::from(max) { Ok(()) } else { Err(AddFriendRefusal::TooManyFriends) }
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
