//! The log of what administrators did over HTTP, and their requests under a key.
//!
//! An operation is logged before anything is changed, and ended with its answer, so that no change is without its line; one
//! whose server died in between is there without an answer. What an operation does is made so that it may be done again: one
//! that has not ended when its lease is over is run again by the caller's repeat.

use crate::{
    id::{AdminTokenId, OperationId, RequestKey},
    store::Row,
    time::Timestamp,
};

/// One thing that an administrator asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its name: with a key, the same for each repeat.
    pub id: OperationId,
    /// With which token.
    pub token: AdminTokenId,
    /// The name of the request, as in its answer and in the server's log.
    pub request_id: String,
    /// What was asked for: `PUT /admin/v1/users/alice`.
    pub asked: String,
    /// What the body said, as JSON, without secrets.
    pub body: String,
    /// SHA-256 of all that was asked for: another request under the same key has another one.
    pub fingerprint: [u8; 32],
    /// The caller's key.
    pub key: Option<RequestKey>,
    /// Random bytes from which the secrets of an operation under a key are made, together with the token itself. Those of the
    /// first run stay; `None`: an earlier version made them without.
    pub nonce: Option<[u8; 32]>,
    /// How far it has come.
    pub state: OperationState,
    /// When it was first asked for.
    pub began_at: Timestamp,
    /// When the row last changed.
    pub changed_at: Timestamp,
    /// Goes up by one with each change. What ends an operation says which run of it was ended.
    pub version: u64,
}

/// How far an operation has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OperationState {
    /// It runs; or its server is gone, and what became of it is seen in what it was to change.
    Running {
        /// Until when its server is trusted to finish.
        lease_until: Timestamp,
    },
    /// It was answered so.
    Ended {
        /// The status of HTTP.
        status: u16,
        /// The answer as JSON, without secrets.
        answer: String,
    },
}

impl Row for Operation {
    type Key = OperationId;

    fn key(&self) -> OperationId {
        self.id
    }
}

impl OperationState {
    /// Says whether a repeat is answered the same. What was answered by 429 or a status from 500 on may be asked again.
    pub const fn is_final(&self) -> bool {
        match self {
            Self::Running { .. } => false,
            Self::Ended { status, .. } => *status != 429 && *status < 500,
        }
    }
}
