//! Multipart forms. Fields only: a file is malformed.

use actix_multipart::{Field, Multipart};
use actix_web::{http::header::HeaderMap, web::Bytes};
use futures_util::{TryStreamExt, stream};
use hongbao_api::{Fields, Value};

/// Reads the parts; `None` if the encoding is broken, a part has no name, or a part is a file.
pub(super) async fn decode(headers: &HeaderMap, body: Bytes) -> Option<Fields> {
    let limit_bytes = body.len();
    let mut parts = Multipart::new(headers, stream::iter([Ok(body)]));
    let mut fields = Fields::default();
    while let Some(mut part) = parts.try_next().await.ok()? {
        let name = name(&part)?;
        let bytes = part.bytes(limit_bytes).await.ok()?.ok()?;
        fields.insert(name, Value::Text(String::from_utf8(bytes.into()).ok()?));
    }
    Some(fields)
}

fn name(part: &Field) -> Option<String> {
    let disposition = part.content_disposition()?;
    let is_file = disposition.get_filename().is_some() || disposition.get_filename_ext().is_some();
    if is_file { None } else { disposition.get_name().map(str::to_owned) }
}
