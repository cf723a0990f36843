//! Reading what is asked for: path, then query or body, as one set of members.

use actix_web::{HttpRequest, http::header::CONTENT_TYPE, web::Payload};
use hongbao_api::admin::{AdminEndpoint, Code};
use hongbao_domain::id::RequestKey;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::answer::Answer;

/// The longest body, in bytes.
const BODY_LIMIT_BYTES: usize = 1 << 20;

/// The longest body that is kept in the log, in bytes; of a longer one its length is. What is in a batch has names of its own.
const LOGGED_BYTES: usize = 8 << 10;

/// What is asked for.
pub(super) struct Input<R> {
    pub(super) request: R,
    /// All members, without those of the path and without secrets: for the log.
    pub(super) body: String,
    /// SHA-256 of the method, the path and all members.
    pub(super) fingerprint: [u8; 32],
}

/// Reads a request whose form is right.
pub(super) async fn read<E: AdminEndpoint>(
    request: &HttpRequest,
    payload: Payload,
) -> Result<Input<E::Request>, Answer> {
    let mut members = if E::METHOD.has_body() { body(request, payload).await? } else { query(request)? };
    let mut logged = members.clone();
    for secret in E::SECRETS {
        logged.remove(*secret);
    }
    for (name, value) in request.match_info().iter() {
        if members.insert(name.to_owned(), Value::String(value.to_owned())).is_some() {
            return Err(invalid(format!("`{name}` is given twice: it stands in the path")));
        }
    }
    let members = Value::Object(members);
    let mut hash = Sha256::new();
    hash.update(E::NAME);
    hash.update([0]);
    // The members are sorted.
    hash.update(members.to_string());
    let read = serde_json::from_value(members).map_err(|error| invalid(error.to_string()))?;
    let (body, fingerprint) = (Value::Object(logged).to_string(), hash.finalize().into());
    let body = if body.len() > LOGGED_BYTES { json!({ "bytes": body.len() }).to_string() } else { body };
    Ok(Input { request: read, body, fingerprint })
}

fn invalid(detail: String) -> Answer {
    Answer::problem(Code::InvalidRequest, detail)
}

fn query(request: &HttpRequest) -> Result<Map<String, Value>, Answer> {
    let mut members = Map::new();
    for (name, value) in form_urlencoded::parse(request.query_string().as_bytes()) {
        if members.insert(name.to_string(), Value::String(value.into_owned())).is_some() {
            return Err(invalid(format!("`{name}` is given twice")));
        }
    }
    Ok(members)
}

async fn body(request: &HttpRequest, payload: Payload) -> Result<Map<String, Value>, Answer> {
    if !request.query_string().is_empty() {
        return Err(invalid("what is asked for stands in the body, not in the query".to_owned()));
    }
    let bytes = match payload.to_bytes_limited(BODY_LIMIT_BYTES).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) => return Err(invalid(format!("the body cannot be read: {error}"))),
        Err(_) => {
            return Err(Answer::problem(Code::BodyTooLarge, format!("a body has at most {BODY_LIMIT_BYTES} bytes")));
        }
    };
    if bytes.is_empty() {
        return Ok(Map::new());
    }
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(Answer::problem(Code::UnsupportedMediaType, "a body is application/json"));
    }
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(invalid("the body is not a JSON object".to_owned())),
        Err(error) => Err(invalid(format!("the body is not JSON: {error}"))),
    }
}

/// Reads the key under which the request may be repeated.
pub(super) fn key(request: &HttpRequest) -> Result<Option<RequestKey>, Answer> {
    let mut values = request.headers().get_all(crate::idempotency::HEADER);
    let Some(value) = values.next() else { return Ok(None) };
    let text = if values.next().is_none() { value.to_str().ok() } else { None };
    let key = text.and_then(|text| text.parse().ok());
    key.map(Some).ok_or_else(|| invalid("Idempotency-Key is one value of 1 to 64 visible ASCII characters".to_owned()))
}
