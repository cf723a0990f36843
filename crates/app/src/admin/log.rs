//! The log of what administrators did over HTTP, and their requests under a key.

use std::time::Duration;

use hongbao_domain::{
    admin::{BeginOperation, EndOperation, KeyRefusal, NotRunning, Operation},
    id::{AdminTokenId, OperationId, RequestKey},
    time::Timestamp,
};
use hongbao_ports::{Failure, Fault, Submit, query::Page};

use super::Admin;
use crate::retry::retry_until;

/// What an administrator asks for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Its name: that of the key, or a fresh one.
    pub id: OperationId,
    /// With which token.
    pub token: AdminTokenId,
    /// The name of the request.
    pub request_id: String,
    /// What is asked for: method and path.
    pub asked: String,
    /// What the body says, as JSON, without secrets.
    pub body: String,
    /// SHA-256 of all that is asked for.
    pub fingerprint: [u8; 32],
    /// The caller's key.
    pub key: Option<RequestKey>,
    /// Random bytes for its secrets, unless it has run before.
    pub nonce: [u8; 32],
}

/// An operation that runs.
#[derive(Debug, Clone, Copy)]
pub struct Begun {
    id: OperationId,
    version: u64,
    /// What its secrets are made of.
    pub nonce: Option<[u8; 32]>,
}

impl Admin {
    /// For how long a server is trusted to finish what it has begun.
    const LEASE: Duration = Duration::from_secs(30);

    /// For how long an end is tried to be written.
    const END_WITHIN: Duration = Duration::from_secs(10);

    /// Logs what is asked for, before it is done. A refusal says what has become of the first request with its key.
    pub async fn begin(&self, asked: Asked) -> Result<Begun, Failure<KeyRefusal>> {
        let Asked { id, token, request_id, asked, body, fingerprint, key, nonce } = asked;
        let begin = BeginOperation { id, token, request_id, asked, body, fingerprint, key, nonce, lease: Self::LEASE };
        let Operation { id, version, nonce, .. } = self.commands.submit(begin).await?;
        Ok(Begun { id, version, nonce })
    }

    /// Ends it with its answer, as JSON without secrets. What another server runs by now is left to that one.
    pub async fn end(&self, begun: Begun, status: u16, answer: String) -> Result<(), Fault> {
        let until = tokio::time::Instant::now() + Self::END_WITHIN;
        let end = EndOperation { id: begun.id, version: begun.version, status, answer };
        match retry_until(until, || self.commands.submit(end.clone())).await {
            Ok(()) | Err(Failure::Refused(NotRunning)) => Ok(()),
            Err(Failure::Fault(fault)) => Err(fault),
        }
    }

    /// Gives what was asked for, the newest first.
    pub async fn operations(&self, page: Page<(Timestamp, OperationId)>) -> Result<Vec<Operation>, Fault> {
        self.queries.operations(page).await
    }
}
