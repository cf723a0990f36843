//! Making a key a session.

use super::{Session, SessionDigest};
use crate::{
    id::{CommandId, UserId},
    store::{Book, Keys, Rule},
    time::Timestamp,
};

/// Asks to make a key a session. A repeat replaces the earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegisterSession {
    /// What the session is known by.
    pub key: SessionDigest,
    /// Whose it is.
    pub user: UserId,
    /// From when on it is over.
    pub expires_at: Timestamp,
}

/// Says why a key does not become a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisterRefusal {
    /// There is no such user.
    UserNotFound,
    /// The user is disabled. A session made now would come to life with the user.
    UserDisabled,
    /// The key is a session of another user, who would be logged out, and logged in as another, by it.
    KeyTaken,
}

/// Checks whether a user may have a session. `is_active`: whether the user takes part; `None`: there is no such user.
pub fn check_holder(is_active: Option<bool>) -> Result<(), RegisterRefusal> {
    match is_active {
        None => Err(RegisterRefusal::UserNotFound),
        Some(false) => Err(RegisterRefusal::UserDisabled),
        Some(true) => Ok(()),
    }
}

/// Checks whether a key may become a session of `user`. `holder`: whose session it is, unless that is over.
pub fn check_key(holder: Option<UserId>, user: UserId) -> Result<(), RegisterRefusal> {
    if holder.is_some_and(|holder| holder != user) { Err(RegisterRefusal::KeyTaken) } else { Ok(()) }
}

impl Rule for RegisterSession {
    type Done = ();
    type Refusal = RegisterRefusal;

    fn touch(&self, keys: &mut Keys) {
        keys.users.insert(self.user);
        keys.sessions.insert(self.key);
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<(), RegisterRefusal> {
        let Self { key, user, expires_at } = *self;
        check_holder(book.users.get(&user).map(|user| user.status.is_active))?;
        let created_at = book.now();
        let holder = book.sessions.get(&key).filter(|session| session.expires_at > created_at);
        check_key(holder.map(|session| session.user), user)?;
        book.sessions.put(Session { key, user, created_at, expires_at });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{alice, bob};

    #[test]
    fn only_who_exists_and_takes_part_may_have_a_session() {
        assert_eq!(check_holder(None), Err(RegisterRefusal::UserNotFound));
        assert_eq!(check_holder(Some(false)), Err(RegisterRefusal::UserDisabled));
        assert_eq!(check_holder(Some(true)), Ok(()));
    }

    #[test]
    fn a_key_is_of_one_user_at_a_time() {
        assert_eq!(check_key(None, bob()), Ok(()));
        assert_eq!(check_key(Some(bob()), bob()), Ok(()));
        assert_eq!(check_key(Some(alice()), bob()), Err(RegisterRefusal::KeyTaken));
    }
}
