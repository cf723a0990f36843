//! Sessions: who is logged in.

mod register;
mod revoke;

use std::fmt;

pub use self::{
    register::{RegisterRefusal, RegisterSession, check_holder, check_key},
    revoke::{RevokeSession, RevokeSessions},
};
use crate::{id::UserId, store::Row, time::Timestamp};

/// The SHA-256 of a session's key, by which it is stored: the key itself is known to its user alone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionDigest(pub [u8; 32]);

impl SessionDigest {
    /// Gives the public id of the session: the first 8 bytes, as 16 hexadecimal digits. It logs in no one.
    pub fn public_id(&self) -> String {
        let first = self.0.as_chunks::<8>().0[0];
        format!("{:016x}", u64::from_be_bytes(first))
    }
}

impl fmt::Debug for SessionDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionDigest(***)")
    }
}

/// One login of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// What it is known by.
    pub key: SessionDigest,
    /// Whose it is.
    pub user: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is over.
    pub expires_at: Timestamp,
}

impl Row for Session {
    type Key = SessionDigest;

    fn key(&self) -> SessionDigest {
        self.key
    }
}
