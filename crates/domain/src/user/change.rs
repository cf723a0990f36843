//! Changing some of what a user may do.

use super::UserStatus;
use crate::{
    friend::Block,
    id::{CommandId, UserId},
    store::{Book, Keys, Rule},
};

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

impl Rule for ChangeUser {
    type Done = UserStatus;
    type Refusal = ChangeUserRefusal;

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

    fn apply(&self, book: &mut Book, command: CommandId) -> Result<UserStatus, ChangeUserRefusal> {
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
        book.set_user_status(user, status, command);
        if let Some(blocked) = change.block {
            book.blocks.put(Block { user, blocked });
        }
        if let Some(blocked) = change.unblock {
            book.blocks.remove(&Block { user, blocked });
        }
        Ok(status)
    }
}

#[cfg(test)]
mod tests;
