//! Ending sessions.

use std::convert::Infallible;

use super::SessionDigest;
use crate::{
    id::{CommandId, UserId},
    store::{Book, Keys, Rule},
};

/// Asks to end a session. It answers whether there was one, expired or not; a repeat changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevokeSession {
    /// What the session is known by.
    pub key: SessionDigest,
}

/// Asks to end all sessions of a user. It answers how many there were; a repeat changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevokeSessions {
    /// The user.
    pub user: UserId,
}

impl Rule for RevokeSession {
    type Done = bool;
    type Refusal = Infallible;

    fn touch(&self, keys: &mut Keys) {
        keys.sessions.insert(self.key);
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<bool, Infallible> {
        Ok(book.sessions.remove(&self.key))
    }
}

impl Rule for RevokeSessions {
    type Done = u64;
    type Refusal = Infallible;

    fn touch(&self, keys: &mut Keys) {
        keys.users.insert(self.user);
        keys.sessions_of.insert(self.user);
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<u64, Infallible> {
        Ok(book.end_sessions(self.user))
    }
}

impl Book {
    /// Ends all sessions of a user, and gives how many there were.
    pub(crate) fn end_sessions(&mut self, user: UserId) -> u64 {
        let keys: Vec<_> = self.sessions.rows().filter(|row| row.user == user).map(|row| row.key).collect();
        keys.iter().map(|key| u64::from(self.sessions.remove(key))).sum()
    }
}
