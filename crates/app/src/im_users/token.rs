//! Fetching and keeping tokens.

use hongbao_domain::im_cloud::{CloudRefusal, Token};
use hongbao_ports::Failure;

use super::{ImUsers, ProfileSession, fetch};
use crate::Caller;

/// Which token is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenWish {
    /// Any that is good.
    Any,
    /// One that was never given out.
    New,
}

impl ImUsers {
    /// Gives the token with which the user's client logs in to the cloud.
    ///
    /// One that was kept is given without asking the cloud. Fetching one registers the user.
    pub async fn token(&self, caller: &Caller, wish: TokenWish) -> Result<Token, Failure<CloudRefusal>> {
        let session = self.session(caller);
        let start = session.start.clone();
        self.sagas.run(caller, &start, async move { token(&session, wish).await }).await?
    }
}

async fn token(session: &ProfileSession, wish: TokenWish) -> Result<Token, Failure<CloudRefusal>> {
    let users = &session.users;
    match wish {
        TokenWish::Any => {
            if let Some(token) = users.queries.token(&users.app, session.user).await? {
                return Ok(token);
            }
        }
        TokenWish::New => {}
    }
    // Fetching a token writes our copy to the cloud. What the cloud may hold beside it must not be lost by that.
    let cached = fetch::confirmed(session).await?;
    session.register(&cached, cached.version).await
}
