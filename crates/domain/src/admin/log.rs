//! Beginning and ending operations.

use std::time::Duration;

use super::{Operation, OperationState};
use crate::{
    id::{AdminTokenId, CommandId, OperationId, RequestKey},
    store::{Book, Keys, Rule},
    time::{Term, Timestamp},
};

/// Logs an operation before it is done, and keeps its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeginOperation {
    /// Its name: that of the key, or a fresh one.
    pub id: OperationId,
    /// With which token.
    pub token: AdminTokenId,
    /// The name of the request.
    pub request_id: String,
    /// What is asked for.
    pub asked: String,
    /// What the body says, as JSON, without secrets.
    pub body: String,
    /// SHA-256 of all that is asked for.
    pub fingerprint: [u8; 32],
    /// The caller's key.
    pub key: Option<RequestKey>,
    /// Random bytes for its secrets. Those of the first run stay.
    pub nonce: [u8; 32],
    /// For how long the server is trusted to finish.
    pub lease: Duration,
}

/// Says why an operation is not begun: its key is in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyRefusal {
    /// The key was used for something else.
    Mismatch,
    /// The first operation with this key has not ended.
    InProgress,
    /// The first operation with this key was answered so.
    Ended {
        /// The status of HTTP.
        status: u16,
        /// The answer as JSON, without secrets.
        answer: String,
        /// What its secrets are made of.
        nonce: Option<[u8; 32]>,
    },
}

/// Ends an operation with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndOperation {
    /// The operation.
    pub id: OperationId,
    /// The version that the run began with.
    pub version: u64,
    /// The status of HTTP.
    pub status: u16,
    /// The answer as JSON, without secrets.
    pub answer: String,
}

/// The operation does not run, or another server runs it by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotRunning;

impl Rule for BeginOperation {
    type Done = Operation;
    type Refusal = KeyRefusal;

    fn touch(&self, keys: &mut Keys) {
        keys.operations.insert(self.id);
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<Operation, KeyRefusal> {
        let now = book.now();
        let before = book.operations.get(&self.id);
        if let Some(before) = before {
            before.refusal(self.fingerprint, now).map_or(Ok(()), Err)?;
        }
        let Self { id, token, request_id, asked, body, fingerprint, key, nonce, lease } = self.clone();
        let operation = Operation {
            id,
            token,
            request_id,
            asked,
            body,
            fingerprint,
            key,
            nonce: before.map_or(Some(nonce), |before| before.nonce),
            state: OperationState::Running { lease_until: now.after(lease) },
            began_at: before.map_or(now, |before| before.began_at),
            changed_at: before.map_or(now, |before| now.max(before.changed_at)),
            version: before.map_or(1, |before| before.version + 1),
        };
        book.operations.put(operation.clone());
        Ok(operation)
    }
}

impl Operation {
    /// Says why its key is not free.
    fn refusal(&self, fingerprint: [u8; 32], now: Timestamp) -> Option<KeyRefusal> {
        if self.fingerprint != fingerprint {
            return Some(KeyRefusal::Mismatch);
        }
        match &self.state {
            OperationState::Ended { status, answer } => {
                let ended = || KeyRefusal::Ended { status: *status, answer: answer.clone(), nonce: self.nonce };
                self.state.is_final().then(ended)
            }
            OperationState::Running { lease_until } => {
                let lease = Term { ends_at: *lease_until, changed_at: self.changed_at };
                (!lease.is_over(now)).then_some(KeyRefusal::InProgress)
            }
        }
    }
}

impl Rule for EndOperation {
    type Done = ();
    type Refusal = NotRunning;

    fn touch(&self, keys: &mut Keys) {
        keys.operations.insert(self.id);
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<(), NotRunning> {
        let now = book.now();
        let ended = OperationState::Ended { status: self.status, answer: self.answer.clone() };
        let before = book.operations.get(&self.id).ok_or(NotRunning)?;
        if before.state == ended && before.version == self.version + 1 {
            return Ok(());
        }
        if before.version != self.version {
            return Err(NotRunning);
        }
        let changed_at = now.max(before.changed_at);
        let operation = Operation { state: ended, changed_at, version: before.version + 1, ..before.clone() };
        book.operations.put(operation);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
