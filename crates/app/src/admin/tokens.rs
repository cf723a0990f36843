//! Tokens that administrators show over HTTP.

use hongbao_domain::{
    admin::{
        AddAdminToken, AddAdminTokenRefusal, AdminToken, AdminTokenDigest, MarkTokenUsed, NoAdminToken, RefusalCode,
        RevokeAdminToken,
    },
    id::AdminTokenId,
};
use hongbao_ports::{Failure, Fault, Submit};

use super::{Admin, AdminFailure, refused};

impl Admin {
    /// Adds a token.
    pub async fn add_token(&self, token: AddAdminToken) -> Result<AdminToken, Fault> {
        self.commands.submit(token).await.map_err(|failure| match failure {
            Failure::Refused(AddAdminTokenRefusal::IdTaken) => Fault::internal("cannot add the token: its id is taken"),
            Failure::Fault(fault) => fault,
        })
    }

    /// Makes a token good for nothing. A repeat changes nothing.
    pub async fn revoke_token(&self, id: AdminTokenId) -> Result<AdminToken, AdminFailure> {
        self.commands.submit(RevokeAdminToken { id }).await.map_err(|failure| match failure {
            Failure::Refused(NoAdminToken) => refused(RefusalCode::TokenNotFound, format!("there is no token {id}")),
            Failure::Fault(fault) => fault.into(),
        })
    }

    /// Gives all tokens, also those that are over, the oldest first.
    pub async fn tokens(&self) -> Result<Vec<AdminToken>, Fault> {
        self.queries.admin_tokens().await
    }

    /// Gives the token of a digest, if it is good for anything.
    pub async fn token(&self, digest: &AdminTokenDigest) -> Result<Option<AdminToken>, Fault> {
        self.queries.admin_token(digest).await
    }

    /// Notes that a token was shown.
    pub async fn mark_token_used(&self, id: AdminTokenId) -> Result<(), Fault> {
        self.commands.submit_infallible(MarkTokenUsed { id }).await
    }
}
