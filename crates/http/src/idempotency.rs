//! The key under which a request may be repeated.

use actix_web::HttpRequest;
use hongbao_api::{Endpoint, Fields, Invalid};
use hongbao_app::Caller;
use hongbao_domain::id::RequestKey;

/// As in <https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>, but without quotes around the key.
pub(crate) const HEADER: &str = "idempotency-key";

/// Says whether the request has a key that counts, of whatever form. Where nothing is changed, none does.
pub(crate) fn has_key<E: Endpoint>(request: &HttpRequest) -> bool {
    !E::READ && request.headers().contains_key(HEADER)
}

/// Puts the request under its key, where it has one.
pub(crate) fn under_key<E: Endpoint>(
    request: &HttpRequest,
    caller: Caller,
    fields: &Fields,
) -> Result<Caller, Invalid> {
    if !has_key::<E>(request) {
        return Ok(caller);
    }
    let mut values = request.headers().get_all(HEADER);
    let (Some(value), None) = (values.next(), values.next()) else { return Err(Invalid::IdempotencyKey) };
    let text = value.to_str().map_err(|_| Invalid::IdempotencyKey)?;
    let key: RequestKey = text.parse().map_err(|_| Invalid::IdempotencyKey)?;
    let method = E::PATH.trim_start_matches('/').parse().expect("the name of a method is short and visible");
    Ok(caller.under_key(method, key, E::fingerprint(fields)?))
}
