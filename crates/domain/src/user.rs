//! Users: who exists, and what each may do.

use std::convert::Infallible;

use crate::{
    friend::Block,
    id::{CommandId, UserId},
    profile::{Name, PortraitUri, Profile},
    store::{Book, Keys, Row, Rule},
};

/// A user of the app, as far as we know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// What the user may do.
    pub status: UserStatus,
    /// Our copy of how the user shows.
    pub profile: Profile,
}

impl Row for User {
    type Key = UserId;

    fn key(&self) -> UserId {
        self.profile.user
    }
}

/// What a user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserStatus {
    /// Whether the user is enabled: may log in, and others may send to this user.
    pub is_active: bool,
    /// Whether others may add this user as a friend.
    pub takes_friend_requests: bool,
}

/// What of a user is to change. What is left out stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UserChange {
    /// Whether the user is enabled from now on.
    pub is_active: Option<bool>,
    /// Whether others may add this user as a friend from now on.
    pub takes_friend_requests: Option<bool>,
    /// Whom the user blocks from now on.
    pub block: Option<UserId>,
    /// Whom the user no longer blocks; a user who is named in both is not blocked.
    pub unblock: Option<UserId>,
}

/// Asks to add a user. One who is there stays as before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddUser {
    /// The user.
    pub user: UserId,
    /// What the user may do.
    pub status: UserStatus,
}

/// Asks to add a user or to set what one may do. A repeat changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetUser {
    /// The user.
    pub user: UserId,
    /// What the user may do.
    pub status: UserStatus,
}

/// Asks to change some of what a user may do. A repeat changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangeUser {
    /// The user.
    pub user: UserId,
    /// What changes.
    pub change: UserChange,
}

/// Says why a user does not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeUserRefusal {
    /// There is no such user: the one to change, or one who is named in the change.
    UserNotFound(UserId),
}

impl Rule for AddUser {
    fn touch(&self, keys: &mut Keys) {
        keys.users.insert(self.user);
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<bool, Infallible> {
        let is_new = book.users.get(&self.user).is_none();
        if is_new {
            book.users.put(User { status: self.status, profile: nameless(self.user) });
        }
        Ok(is_new)
    }
}

impl Rule for SetUser {
    fn touch(&self, keys: &mut Keys) {
        keys.users.insert(self.user);
        if !self.status.is_active {
            keys.sessions_of.insert(self.user);
        }
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<(), Infallible> {
        book.set_user_status(self.user, self.status);
        Ok(())
    }
}

impl Rule for ChangeUser {
    fn touch(&self, keys: &mut Keys) {
        let Self { user, change: UserChange { block, unblock, is_active, takes_friend_requests: _ } } = *self;
        keys.users.insert(user);
        for other in [block, unblock].into_iter().flatten() {
            keys.users.insert(other);
            keys.blocks.insert(Block { user, blocked: other });
        }
        // A user who is disabled already has none.
        if is_active == Some(false) {
            keys.sessions_of.insert(user);
        }
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<UserStatus, ChangeUserRefusal> {
        let Self { user, change } = *self;
        let known = |user| book.users.get(&user).ok_or(ChangeUserRefusal::UserNotFound(user));
        let before = known(user)?.status;
        for other in [change.block, change.unblock].into_iter().flatten() {
            known(other)?;
        }
        let status = UserStatus {
            is_active: change.is_active.unwrap_or(before.is_active),
            takes_friend_requests: change.takes_friend_requests.unwrap_or(before.takes_friend_requests),
        };
        book.set_user_status(user, status);
        if let Some(blocked) = change.block {
            book.blocks.put(Block { user, blocked });
        }
        if let Some(blocked) = change.unblock {
            book.blocks.remove(&Block { user, blocked });
        }
        Ok(status)
    }
}

impl Book {
    /// Sets what a user may do. All sessions of one who is disabled end, for good: a user who is enabled again later has to
    /// log in again.
    fn set_user_status(&mut self, user: UserId, status: UserStatus) {
        let profile = self.users.get(&user).map_or_else(|| nameless(user), |known| known.profile.clone());
        self.users.put(User { status, profile });
        if !status.is_active {
            self.end_sessions(user);
        }
    }
}

fn nameless(user: UserId) -> Profile {
    Profile { user, name: Name::default(), portrait_uri: PortraitUri::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        store::{Action, Command},
        testing::{alice, bob},
    };

    fn keys_of(change: UserChange) -> Keys {
        let action = Action::from(ChangeUser { user: alice(), change });
        Keys::of(&[Command { id: CommandId::from_u128(1), request: None, action }])
    }

    /// They may be many.
    #[test]
    fn the_sessions_are_named_only_where_they_end() {
        for change in [
            UserChange { block: Some(bob()), ..UserChange::default() },
            UserChange { takes_friend_requests: Some(false), ..UserChange::default() },
            UserChange { is_active: Some(true), ..UserChange::default() },
        ] {
            assert!(keys_of(change).sessions_of.is_empty(), "{change:?}");
        }
        let disable = UserChange { is_active: Some(false), ..UserChange::default() };
        assert_eq!(keys_of(disable).sessions_of.into_iter().collect::<Vec<_>>(), [alice()]);
    }
}
