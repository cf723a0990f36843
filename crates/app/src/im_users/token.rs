//! Fetching and keeping tokens.

use hongbao_domain::im_cloud::{CloudRefusal, Token};
use hongbao_ports::Failure;

use super::{Visit, look};

/// Which token is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenWish {
    /// Any that is good.
    Any,
    /// One that was never given out.
    New,
}

pub(super) async fn run(visit: &Visit, wish: TokenWish) -> Result<Token, Failure<CloudRefusal>> {
    let world = &visit.world;
    match wish {
        TokenWish::Any => {
            if let Some(token) = world.queries.token(&world.app, visit.user).await? {
                return Ok(token);
            }
        }
        TokenWish::New => {}
    }
    // Fetching a token writes our copy to the cloud. What the cloud may hold beside it must not be lost by that.
    let copy = look::settled(visit).await?;
    visit.enrol(&copy, copy.version).await
}
