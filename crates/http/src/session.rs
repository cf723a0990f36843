//! Who asks.

use actix_web::{HttpRequest, http::header::AUTHORIZATION};
use hongbao_api::{Denial, Fields, SESSION_KEY};
use hongbao_app::Deadline;
use hongbao_domain::id::{SessionKey, UserId};
use hongbao_ports::query::SessionQueries;

use crate::failure;

/// Finds the user of a key; `None` if it is of no session.
pub(crate) async fn user<R>(
    sessions: &dyn SessionQueries,
    deadline: Deadline,
    key: &SessionKey,
) -> Result<Option<UserId>, Denial<R>> {
    let found = deadline.within(sessions.user_of(key)).await.unwrap_or_else(Err);
    found.map_err(|fault| failure::from_fault(&fault))
}

/// Finds the key in the head and in the fields that have been read; `None` if it is in neither.
///
/// Two keys are no choice: a caller that asks so is not logged in, and learns nothing else.
pub(crate) fn key<R>(request: &HttpRequest, fields: &Fields) -> Result<Option<SessionKey>, Denial<R>> {
    let picked = fields.pick(&[SESSION_KEY]).map_err(|_| Denial::NotLoggedIn)?;
    let key = match (picked.get(SESSION_KEY.name), bearer(request)?) {
        (Some(parameter), Some(bearer)) if parameter != bearer => return Err(Denial::NotLoggedIn),
        (Some(key), _) | (None, Some(key)) => key,
        (None, None) => return Ok(None),
    };
    key.parse().map(Some).map_err(|_| Denial::NotLoggedIn)
}

/// Reads `Authorization: Bearer <key>`; any other scheme is not ours to read.
fn bearer<R>(request: &HttpRequest) -> Result<Option<&str>, Denial<R>> {
    let mut values = request.headers().get_all(AUTHORIZATION);
    let value = match (values.next(), values.next()) {
        (None, _) => return Ok(None),
        (Some(value), None) => value.to_str().map_err(|_| Denial::NotLoggedIn)?,
        (Some(_), Some(_)) => return Err(Denial::NotLoggedIn),
    };
    let (scheme, key) = value.split_once(' ').unwrap_or((value, ""));
    let key = key.trim_start_matches(' ');
    Ok((scheme.eq_ignore_ascii_case("bearer") && !key.is_empty()).then_some(key))
}
