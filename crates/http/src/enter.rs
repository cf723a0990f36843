//! Who may come in: the session behind a key, and how often it and its address have asked.

use actix_web::{HttpMessage, HttpRequest};
use hongbao_api::{Denial, RateLimit};
use hongbao_app::{Caller, Deadline};
use hongbao_domain::id::SessionKey;

use crate::{Shared, proxies::ClientAddress, session};

/// The session or the address was charged for the request already.
struct Charged;

/// Finds the user of a key, and counts the request among those that the user has in flight.
pub(crate) async fn enter<R>(
    request: &HttpRequest,
    shared: &Shared,
    deadline: Deadline,
    key: &SessionKey,
) -> Result<Caller, Denial<R>> {
    request.extensions_mut().insert(Charged);
    let admission = shared.rate_limits.admit(key, ClientAddress::of(request)).map_err(Denial::RateLimited)?;
    let user = match session::user(shared.sessions.as_ref(), deadline, key).await {
        Ok(Some(user)) => {
            request.extensions_mut().insert(user);
            admission.found().map_err(Denial::RateLimited)?;
            user
        }
        Ok(None) => {
            admission.not_found();
            return Err(Denial::NotLoggedIn);
        }
        Err(denial) => {
            admission.unanswered();
            return Err(denial);
        }
    };
    let permit = shared.in_flight.enter(user).ok_or(Denial::RateLimited(RateLimit::InFlight))?;
    Ok(Caller::with_permit(user, deadline, permit))
}

/// Charges the address of a request that was refused before a key of it was looked up.
pub(crate) fn turned_away<R>(request: &HttpRequest, shared: &Shared, denial: Denial<R>) -> Denial<R> {
    let is_charged = request.extensions().contains::<Charged>();
    match denial {
        Denial::NotLoggedIn | Denial::Invalid(_) if !is_charged => {
            shared.rate_limits.charge(ClientAddress::of(request)).map_or_else(Denial::RateLimited, |()| denial)
        }
        Denial::Refused(_)
        | Denial::NotLoggedIn
        | Denial::Invalid(_)
        | Denial::RateLimited(_)
        | Denial::KeyMismatch
        | Denial::KeyInProgress
        | Denial::Failed { .. } => denial,
    }
}
