//! What the fuzz targets call (`fuzz/`). No other build has it.

use actix_web::{
    http::header::{CONTENT_TYPE, HeaderMap, HeaderValue},
    web::Bytes,
};
use futures_util::FutureExt;
use hongbao_api::{Fields, Invalid};

/// Reads the parameters of a body that came with this `Content-Type`.
pub fn body(content_type: &'static str, body: &[u8]) -> Result<Fields, Invalid> {
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(content_type))]);
    let fields = crate::decode::body(&headers, Bytes::copy_from_slice(body));
    fields.now_or_never().expect("the whole body is there")
}
