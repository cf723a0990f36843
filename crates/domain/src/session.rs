//! Sessions: who may have one.

/// Says why a key does not become a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisterRefusal {
    /// There is no such user.
    UserNotFound,
    /// The user is disabled. A session made now would come to life with the user.
    UserDisabled,
}

/// Checks whether a user may have a session. `is_active`: whether the user takes part; `None`: there is no such user.
pub fn check_holder(is_active: Option<bool>) -> Result<(), RegisterRefusal> {
    match is_active {
        None => Err(RegisterRefusal::UserNotFound),
        Some(false) => Err(RegisterRefusal::UserDisabled),
        Some(true) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_exists_and_takes_part_may_have_a_session() {
        assert_eq!(check_holder(None), Err(RegisterRefusal::UserNotFound));
        assert_eq!(check_holder(Some(false)), Err(RegisterRefusal::UserDisabled));
        assert_eq!(check_holder(Some(true)), Ok(()));
    }
}
