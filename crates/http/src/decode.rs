//! One reading of queries, forms, multipart forms and JSON objects.

mod byte_order_mark;
mod description;
mod json;
mod multipart;
mod urlencoded;

use actix_web::{
    HttpRequest,
    http::header::{CONTENT_LENGTH, HeaderMap},
    web::Bytes,
};
use hongbao_api::{Fields, Invalid};

use self::{description::Encoding, urlencoded::Flaw};

/// Reads the parameters of a query string.
pub(crate) fn query(request: &HttpRequest) -> Result<Fields, Invalid> {
    urlencoded::decode(request.query_string().as_bytes()).map_err(|flaw| match flaw {
        Flaw::Escape => Invalid::Query,
        Flaw::NotUtf8 => Invalid::QueryNotUtf8,
        Flaw::Charset => Invalid::Charset,
    })
}

/// Refuses by its head alone a body that cannot be read, so that no client has to send it.
pub(crate) fn check_announced(headers: &HeaderMap, limit_bytes: usize) -> Result<(), Invalid> {
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.trim().parse::<u64>().ok());
    match length {
        // A body that comes in chunks is announced without a length, and may turn out to be none.
        None | Some(0) => Ok(()),
        Some(length) if usize::try_from(length).is_ok_and(|length| length <= limit_bytes) => {
            Encoding::of(headers).map(|_| ())
        }
        Some(_) => Err(Invalid::TooLarge),
    }
}

/// Reads the parameters of a whole body. Where there is none, it does not matter what the headers say of it.
pub(crate) async fn body(headers: &HeaderMap, body: Bytes) -> Result<Fields, Invalid> {
    if body.is_empty() {
        return Ok(Fields::default());
    }
    match Encoding::of(headers)? {
        Encoding::Form => urlencoded::decode(&body).map_err(|flaw| match flaw {
            Flaw::Escape => Invalid::Form,
            Flaw::NotUtf8 => Invalid::BodyNotUtf8,
            Flaw::Charset => Invalid::Charset,
        }),
        Encoding::Multipart => multipart::decode(headers, body).await,
        Encoding::Json => json::decode(&body),
    }
}
