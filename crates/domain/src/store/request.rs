//! Requests that their callers may repeat.

use crate::id::{RequestKey, UserId};

/// A caller's request that may be repeated, recorded in the transaction of a command that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who asks.
    pub user: UserId,
    /// The method, as in its path.
    pub method: &'static str,
    /// The caller's key, unique for the user and method.
    pub key: RequestKey,
    /// SHA-256 of the parsed request without its session.
    pub fingerprint: [u8; 32],
    /// What was answered; `None` while the request is running.
    pub reply: Option<StoredReply>,
}

impl Request {
    /// What it is known by, in the canonical order.
    pub fn name(&self) -> (UserId, &'static str, RequestKey) {
        (self.user, self.method, self.key)
    }
}

/// An answer that a repeat of the request is given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReply {
    /// The contract's number.
    pub status: u16,
    /// The outcome as JSON text.
    pub outcome: String,
}
