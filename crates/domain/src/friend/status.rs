//! The contract's numbers: which refusal of adding, deleting and listing friends is which status.

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
