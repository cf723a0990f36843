//! Sessions: who may have one.

use crate::id::UserId;

/// Says why a key does not become a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisterRefusal {
    /// There is no such user.
    UserNotFound,
    /// The user is disabled. A session made now would come to life with the user.
    UserDisabled,
    /// The key is a session of somebody else, who would be logged out, and logged in as another, by it.
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
