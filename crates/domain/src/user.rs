//! Users: who exists, and what each may do.

mod add;
mod change;
mod set;

pub use self::{
    add::AddUser,
    change::{ChangeUser, ChangeUserRefusal, UserChange},
    set::SetUser,
};
use crate::{
    id::UserId,
    profile::{Name, PortraitUri, Profile},
    store::Row,
};

/// A user of the app, as far as we know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// What the user may do.
    pub status: UserStatus,
    /// Our copy of how the user shows.
    pub profile: Profile,
}

impl User {
    /// Makes a user of whom no name and no portrait is known.
    fn nameless(user: UserId, status: UserStatus) -> Self {
        Self { status, profile: Profile { user, name: Name::default(), portrait_uri: PortraitUri::default() } }
    }
}

impl Row for User {
    type Key = UserId;

    fn key(&self) -> UserId {
        self.profile.user
    }
}

/// A user, and how much there is beside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserOverview {
    /// The user.
    pub user: User,
    /// How many sessions the user has that are not over.
    pub session_count: u64,
    /// How many friends the user has.
    pub friend_count: u64,
}

/// What a user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserStatus {
    /// Whether the user is enabled: may log in, and others may send to this user.
    pub is_active: bool,
    /// Whether others may add this user as a friend.
    pub takes_friend_requests: bool,
}
