//! What a token lets an administrator do.

use std::{fmt, str::FromStr};

/// One thing that a token may be good for. Each of the others also lets read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// To see everything, and change nothing.
    Read,
    /// To change users and their sessions.
    People,
    /// To move money in and out, and to add coins.
    Money,
    /// To run the service: packets that hang, deliveries, webhooks, the audit.
    Operator,
}

/// It is not the name of a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseScopeError;

impl Scope {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Read, Self::People, Self::Money, Self::Operator];

    /// Gives the scope as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::People => "people",
            Self::Money => "money",
            Self::Operator => "operator",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = ParseScopeError;

    fn from_str(text: &str) -> Result<Self, ParseScopeError> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or(ParseScopeError)
    }
}

impl fmt::Display for ParseScopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a scope is read, people, money or operator")
    }
}

impl std::error::Error for ParseScopeError {}
