//! Multipart forms. Fields only: a file is malformed.

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::{http::header::HeaderMap, web::Bytes};
use futures_util::{TryStreamExt, stream};
use hongbao_api::{Fields, Invalid, Value};

use super::{
    byte_order_mark::BYTE_ORDER_MARK,
    description::{CHARSET_FIELD, check_charset, check_part},
};

/// Reads the parts. A byte-order mark before the first of them, or at the beginning of a value, is skipped: each part is
/// a text of its own.
pub(super) async fn decode(headers: &HeaderMap, body: Bytes) -> Result<Fields, Invalid> {
    let limit_bytes = body.len();
    let mark = BYTE_ORDER_MARK.encode_utf8(&mut [0; 3]).len();
    let body =
        if body.starts_with(BYTE_ORDER_MARK.encode_utf8(&mut [0; 3]).as_bytes()) { body.slice(mark..) } else { body };
    let mut parts = Multipart::new(headers, stream::iter([Ok(body)]));
    let mut fields = Fields::default();
    while let Some(mut part) = parts.try_next().await.map_err(|error| cause(&error))? {
        check_part(part.headers())?;
        let name = name(&part)?;
        let bytes = part.bytes(limit_bytes).await.map_err(|_| Invalid::Multipart)?.map_err(|error| cause(&error))?;
        let text = str::from_utf8(&bytes).map_err(|_| Invalid::BodyNotUtf8)?;
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        if name == CHARSET_FIELD && !text.is_empty() {
            check_charset(text)?;
        }
        fields.insert(name, Value::Text(text.to_owned()));
    }
    Ok(fields)
}

fn name(part: &Field) -> Result<String, Invalid> {
    let disposition = part.content_disposition().ok_or(Invalid::MultipartName)?;
    if disposition.get_filename().is_some() || disposition.get_filename_ext().is_some() {
        return Err(Invalid::MultipartFile);
    }
    disposition.get_name().map(str::to_owned).ok_or(Invalid::MultipartName)
}

/// Says what is wrong with the encoding, as far as there is a sentence for it.
#[expect(clippy::wildcard_enum_match_arm, reason = "whatever else the library finds is a broken body")]
fn cause(error: &MultipartError) -> Invalid {
    match error {
        MultipartError::ContentDispositionMissing | MultipartError::ContentDispositionNameMissing => {
            Invalid::MultipartName
        }
        _ => Invalid::Multipart,
    }
}
