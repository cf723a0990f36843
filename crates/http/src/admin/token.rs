//! Who asks.

use actix_web::{HttpRequest, http::header::AUTHORIZATION};
use hongbao_api::admin::Code;
use hongbao_domain::{
    admin::{AdminToken, AdminTokenDigest, Scope},
    time::Timestamp,
};
use hongbao_ports::Chain;
use sha2::{Digest, Sha256};
use std::time::Duration;
use tracing::warn;

use super::{AdminShared, answer::Answer};

/// How exactly the last use of a token is known. A token that is shown all the time is written no more often.
const USE_IS_NOTED_EVERY: Duration = Duration::from_mins(1);

/// A token as it was shown. A secret.
pub(super) struct Shown {
    pub(super) token: AdminToken,
    /// What the secrets of its operations are derived from.
    pub(super) secret: String,
}

/// Finds the token of a request, and checks that it is good for `scope`.
pub(super) async fn authorize(request: &HttpRequest, shared: &AdminShared, scope: Scope) -> Result<Shown, Answer> {
    let none = || Answer::problem(Code::Unauthorized, "there is no valid token in the header Authorization");
    let secret = bearer(request).ok_or_else(none)?;
    let digest = AdminTokenDigest(Sha256::digest(secret).into());
    let token = shared.admin.token(&digest).await?.ok_or_else(none)?;
    note_use(shared, &token);
    if !token.allows(scope) {
        return Err(Answer::problem(Code::Forbidden, format!("the token is not good for this: it lacks `{scope}`")));
    }
    Ok(Shown { token, secret: secret.to_owned() })
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let mut values = request.headers().get_all(AUTHORIZATION);
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let (scheme, secret) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(secret.trim_start_matches(' '))
}

/// Nothing waits for it, and nothing depends on it.
fn note_use(shared: &AdminShared, token: &AdminToken) {
    let now: Timestamp = shared.clock.now();
    if token.last_used_at.is_some_and(|at| now < at.after(USE_IS_NOTED_EVERY)) {
        return;
    }
    let (admin, id) = (shared.admin.clone(), token.id);
    let note = async move {
        if let Err(fault) = admin.mark_token_used(id).await {
            warn!("cannot note the use of a token: {}", Chain(&fault));
        }
    };
    shared.operations.spawn_on(note, &shared.runtime);
}
