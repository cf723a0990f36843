//! The users that tests are about.

use hongbao_domain::id::UserId;

/// Gives the id that `name` is.
pub fn user(name: &str) -> UserId {
    name.parse().expect("the name is a user id")
}

/// She sends.
pub fn alice() -> UserId {
    user("alice")
}

/// He receives.
pub fn bob() -> UserId {
    user("bob")
}

pub(crate) fn carol() -> UserId {
    user("carol")
}

/// Gives every user that a case may name.
pub(crate) fn everyone() -> impl Iterator<Item = UserId> {
    ["alice", "bob", "carol", "Bob", "_a-user-id-of-25-letters-"].into_iter().map(user)
}
