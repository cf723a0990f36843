//! One reading of queries, forms, multipart forms and JSON objects.

mod json;
mod multipart;
mod urlencoded;

use actix_web::{
    HttpMessage, HttpRequest,
    http::header::CONTENT_TYPE,
    web::{Bytes, Payload},
};
use hongbao_api::{Fields, Invalid};
use hongbao_app::Deadline;

/// Reads the parameters of a request from its query and its body, of at most `limit_bytes`, which must have come by
/// `deadline`.
pub(crate) async fn fields(
    request: &HttpRequest,
    payload: Payload,
    limit_bytes: usize,
    deadline: Deadline,
) -> Result<Fields, Invalid> {
    let query = urlencoded::decode(request.query_string().as_bytes()).ok_or(Invalid::Query)?;
    let encoding = Encoding::of(request)?;
    let body = deadline.within(body(request, encoding, payload, limit_bytes)).await;
    Ok(query.merge(body.unwrap_or(Err(Invalid::Incomplete))?))
}

async fn body(
    request: &HttpRequest,
    encoding: Option<Encoding>,
    payload: Payload,
    limit_bytes: usize,
) -> Result<Fields, Invalid> {
    let bytes = collect(payload, limit_bytes).await?;
    match encoding {
        None if bytes.is_empty() => Ok(Fields::default()),
        None => Err(Invalid::MediaType),
        Some(Encoding::Form) => urlencoded::decode(&bytes).ok_or(Invalid::Form),
        Some(Encoding::Multipart) => multipart::decode(request.headers(), bytes).await.ok_or(Invalid::Multipart),
        Some(Encoding::Json) => json::decode(&bytes).ok_or(Invalid::Json),
    }
}

async fn collect(payload: Payload, limit_bytes: usize) -> Result<Bytes, Invalid> {
    let bytes = payload.to_bytes_limited(limit_bytes).await.map_err(|_| Invalid::TooLarge)?;
    bytes.map_err(|_| Invalid::Incomplete)
}

/// How a body is encoded.
enum Encoding {
    Form,
    Multipart,
    Json,
}

impl Encoding {
    /// Goes by the content type. `None` where there is none: then there may be no body either.
    fn of(request: &HttpRequest) -> Result<Option<Self>, Invalid> {
        if !request.headers().contains_key(CONTENT_TYPE) {
            return Ok(None);
        }
        match request.content_type().to_ascii_lowercase().as_str() {
            "application/x-www-form-urlencoded" => Ok(Some(Self::Form)),
            "multipart/form-data" => Ok(Some(Self::Multipart)),
            "application/json" => Ok(Some(Self::Json)),
            _ => Err(Invalid::MediaType),
        }
    }
}
