//! Tokens of administrators, and the log of what they did.

use async_trait::async_trait;
use hongbao_domain::{
    admin::{AdminToken, AdminTokenDigest, Operation},
    id::OperationId,
    time::Timestamp,
};

use super::Page;
use crate::Fault;

/// Tokens of administrators and what they asked for, as they are.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait AdminQueries: Send + Sync {
    /// Gives the token of a digest, if it is good for anything now.
    async fn admin_token(&self, digest: &AdminTokenDigest) -> Result<Option<AdminToken>, Fault>;

    /// Gives all tokens, also those that are over, the oldest first.
    async fn admin_tokens(&self) -> Result<Vec<AdminToken>, Fault>;

    /// Gives what was asked for, the newest first; those of one moment by falling ids. A page costs the same, however many
    /// there are.
    async fn operations(&self, page: Page<(Timestamp, OperationId)>) -> Result<Vec<Operation>, Fault>;
}
