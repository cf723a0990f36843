//! Tokens: what an administrator shows instead of a password.

use std::{collections::BTreeSet, fmt, str::FromStr};

use super::Scope;
use crate::{id::AdminTokenId, store::Row, time::Timestamp};

/// The SHA-256 of a token, by which it is stored: the token itself is known to its owner alone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AdminTokenDigest(pub [u8; 32]);

impl fmt::Debug for AdminTokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AdminTokenDigest(***)")
    }
}

/// What people call a token: 1 to 64 characters, none of them a control character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminTokenName(String);

/// It is not a name for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseTokenNameError;

impl AdminTokenName {
    /// The longest name, in characters.
    pub const MAX_LENGTH: usize = 64;

    /// Gives the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AdminTokenName {
    type Err = ParseTokenNameError;

    fn from_str(text: &str) -> Result<Self, ParseTokenNameError> {
        let is_name = (1..=Self::MAX_LENGTH).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        is_name.then(|| Self(text.to_owned())).ok_or(ParseTokenNameError)
    }
}

impl fmt::Display for AdminTokenName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Display for ParseTokenNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a name has 1 to {} characters and no control characters", AdminTokenName::MAX_LENGTH)
    }
}

impl std::error::Error for ParseTokenNameError {}

/// A token of an administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminToken {
    /// Its public id, which the log names.
    pub id: AdminTokenId,
    /// What people call it.
    pub name: AdminTokenName,
    /// What it is stored by.
    pub digest: AdminTokenDigest,
    /// What it is good for.
    pub scopes: BTreeSet<Scope>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is over; `None`: it does not end by itself.
    pub expires_at: Option<Timestamp>,
    /// Since when it is good for nothing.
    pub revoked_at: Option<Timestamp>,
    /// About when it was shown last, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// Goes up by one with each change.
    pub version: u64,
}

impl Row for AdminToken {
    type Key = AdminTokenId;

    fn key(&self) -> AdminTokenId {
        self.id
    }
}

impl AdminToken {
    /// Says whether the token is good for anything at `now`.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }

    /// Says whether the token lets do what needs `scope`. Each scope lets read.
    pub fn allows(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope) || (scope == Scope::Read && !self.scopes.is_empty())
    }
}
