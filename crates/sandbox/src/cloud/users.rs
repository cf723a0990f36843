//! Users as the cloud knows them: only what push notifications show.

use std::collections::HashMap;

/// How many users a sandbox registers before it refuses another.
///
/// The real limit is 100 users in a development environment and none in production; this one only bounds memory.
pub const MAX_USERS: usize = 1_000_000;

/// What a user registered with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct User {
    /// The name that push notifications show, at most 64 characters; empty if none was ever given.
    pub name: String,
    /// The address of the portrait, at most 1,024 bytes; empty if none was ever given.
    pub portrait_uri: String,
}

/// A user who asks for a token, with whatever is to be changed.
#[derive(Debug)]
pub(crate) struct Registration {
    pub(crate) user_id: String,
    pub(crate) name: Option<String>,
    pub(crate) portrait_uri: Option<String>,
}

/// There is no room for another user.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Crowded;

/// Everybody who ever registered.
#[derive(Debug)]
pub(super) struct Users {
    capacity: usize,
    by_id: HashMap<String, User>,
}

impl Users {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, by_id: HashMap::new() }
    }

    /// Registers a user, or overwrites what is given and leaves the rest.
    pub(super) fn register(&mut self, registration: Registration) -> Result<(), Crowded> {
        let full = self.by_id.len() >= self.capacity;
        if full && !self.by_id.contains_key(&registration.user_id) {
            return Err(Crowded);
        }
        let user = self.by_id.entry(registration.user_id).or_default();
        if let Some(name) = registration.name {
            user.name = name;
        }
        if let Some(portrait_uri) = registration.portrait_uri {
            user.portrait_uri = portrait_uri;
        }
        Ok(())
    }

    pub(super) fn find(&self, user_id: &str) -> Option<&User> {
        self.by_id.get(user_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registration(user_id: &str, name: Option<&str>, portrait_uri: Option<&str>) -> Registration {
        Registration {
            user_id: user_id.to_owned(),
            name: name.map(str::to_owned),
            portrait_uri: portrait_uri.map(str::to_owned),
        }
    }

    #[test]
    fn a_repeated_registration_changes_only_what_it_names() {
        let mut users = Users::new(9);
        users.register(registration("alice", Some("Alice"), Some("http://a/1.png"))).unwrap();

        users.register(registration("alice", Some("Ali"), None)).unwrap();

        let user = users.find("alice").unwrap();
        assert_eq!(user.name, "Ali");
        assert_eq!(user.portrait_uri, "http://a/1.png");
    }

    #[test]
    fn a_full_sandbox_refuses_strangers_and_still_knows_its_users() {
        let mut users = Users::new(1);
        users.register(registration("alice", None, None)).unwrap();

        assert_eq!(users.register(registration("bob", None, None)), Err(Crowded));
        assert_eq!(users.register(registration("alice", Some("Ali"), None)), Ok(()));
    }
}
