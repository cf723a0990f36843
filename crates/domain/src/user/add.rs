//! Adding a user.

use std::convert::Infallible;

use super::{User, UserStatus};
use crate::{
    id::{CommandId, UserId},
    store::{Book, Keys, Rule},
};

/// Asks to add a user. One who is there stays as before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddUser {
    /// The user.
    pub user: UserId,
    /// What the user may do.
    pub status: UserStatus,
}

impl Rule for AddUser {
    type Done = bool;
    type Refusal = Infallible;

    fn touch(&self, keys: &mut Keys) {
        keys.users.insert(self.user);
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<bool, Infallible> {
        let is_new = book.users.get(&self.user).is_none();
        if is_new {
            book.users.put(User::nameless(self.user, self.status));
        }
        Ok(is_new)
    }
}
