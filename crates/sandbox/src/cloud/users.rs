//! Users as the cloud knows them: only what push notifications show.

use std::collections::HashMap;

use time::OffsetDateTime;

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

/// A user with what the cloud knows besides.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) user: User,
    pub(crate) registered_at: OffsetDateTime,
    /// How many tokens were given out.
    pub(crate) tokens: u64,
    /// Tokens that were given out before this time have expired.
    pub(crate) tokens_expired_before: Option<OffsetDateTime>,
}

/// A user with whatever is to be changed.
#[derive(Debug)]
pub(crate) struct Registration {
    pub(crate) user_id: String,
    pub(crate) name: Option<String>,
    pub(crate) portrait_uri: Option<String>,
}

/// There is no room for more.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Crowded;

/// No user of that id ever registered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UnknownUser;

/// All users who ever registered.
#[derive(Debug)]
pub(super) struct Users {
    capacity: usize,
    by_id: HashMap<String, Account>,
}

impl Users {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, by_id: HashMap::new() }
    }

    /// Registers a user, or overwrites what is given and leaves the rest.
    pub(super) fn register(&mut self, registration: Registration, now: OffsetDateTime) -> Result<(), Crowded> {
        if !self.by_id.contains_key(&registration.user_id) {
            if self.by_id.len() >= self.capacity {
                return Err(Crowded);
            }
            let account = Account { user: User::default(), registered_at: now, tokens: 0, tokens_expired_before: None };
            self.by_id.insert(registration.user_id.clone(), account);
        }
        if let Some(account) = self.by_id.get_mut(&registration.user_id) {
            account.tokens += 1;
            account.user.change(registration);
        }
        Ok(())
    }

    /// Overwrites what is given of a user who registered before.
    pub(super) fn refresh(&mut self, registration: Registration) -> Result<(), UnknownUser> {
        let account = self.by_id.get_mut(&registration.user_id).ok_or(UnknownUser)?;
        account.user.change(registration);
        Ok(())
    }

    /// Lets the tokens of a user expire that were given out before `before`. What has expired stays so.
    pub(super) fn expire_tokens(&mut self, user_id: &str, before: OffsetDateTime) {
        if let Some(account) = self.by_id.get_mut(user_id) {
            account.tokens_expired_before = account.tokens_expired_before.max(Some(before));
        }
    }

    pub(super) fn find(&self, user_id: &str) -> Option<&Account> {
        self.by_id.get(user_id)
    }
}

impl User {
    fn change(&mut self, registration: Registration) {
        if let Some(name) = registration.name {
            self.name = name;
        }
        if let Some(portrait_uri) = registration.portrait_uri {
            self.portrait_uri = portrait_uri;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAWN: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

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
        users.register(registration("alice", Some("Alice"), Some("http://a/1.png")), DAWN).unwrap();

        users.register(registration("alice", Some("Ali"), None), DAWN + time::Duration::DAY).unwrap();

        let user = User { name: "Ali".to_owned(), portrait_uri: "http://a/1.png".to_owned() };
        assert_eq!(
            users.find("alice"),
            Some(&Account { user, registered_at: DAWN, tokens: 2, tokens_expired_before: None })
        );
    }

    #[test]
    fn a_refresh_changes_a_user_and_makes_none() {
        let mut users = Users::new(9);
        users.register(registration("alice", Some("Alice"), None), DAWN).unwrap();

        users.refresh(registration("alice", None, Some("http://a/2.png"))).unwrap();

        let user = User { name: "Alice".to_owned(), portrait_uri: "http://a/2.png".to_owned() };
        assert_eq!(
            users.find("alice"),
            Some(&Account { user, registered_at: DAWN, tokens: 1, tokens_expired_before: None })
        );
        assert_eq!(users.refresh(registration("bob", Some("Bob"), None)), Err(UnknownUser));
        assert_eq!(users.find("bob"), None);
    }

    #[test]
    fn a_full_sandbox_refuses_strangers_and_still_knows_its_users() {
        let mut users = Users::new(1);
        users.register(registration("alice", None, None), DAWN).unwrap();

        assert_eq!(users.register(registration("bob", None, None), DAWN), Err(Crowded));
        assert_eq!(users.register(registration("alice", Some("Ali"), None), DAWN), Ok(()));
    }
}
