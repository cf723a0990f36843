//! Setting all that a user may do.

use std::convert::Infallible;

use super::{User, UserStatus};
use crate::{
    id::{CommandId, UserId},
    outbox::Event,
    store::{Book, Keys, Rule},
};

/// Asks to add a user or to set what one may do. A repeat changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetUser {
    /// The user.
    pub user: UserId,
    /// What the user may do.
    pub status: UserStatus,
}

impl Rule for SetUser {
    type Done = ();
    type Refusal = Infallible;

    fn touch(&self, keys: &mut Keys) {
        keys.users.insert(self.user);
        if !self.status.is_active {
            keys.sessions_of.insert(self.user);
        }
    }

    fn apply(&self, book: &mut Book, command: CommandId) -> Result<(), Infallible> {
        book.set_user_status(self.user, self.status, command);
        Ok(())
    }
}

impl Book {
    /// Sets what a user may do. All sessions of one who is disabled end, for good: a user who is enabled again later has to
    /// log in again.
    pub(super) fn set_user_status(&mut self, user: UserId, status: UserStatus, command: CommandId) {
        let was_active = self.users.get(&user).is_some_and(|known| known.status.is_active);
        match self.users.get_mut(&user) {
            Some(known) => known.status = status,
            None => self.users.put(User::nameless(user, status)),
        }
        if !status.is_active {
            self.end_sessions(user);
        }
        if was_active && !status.is_active {
            self.tell(command, &Event::UserDisabled { user });
        }
    }
}
