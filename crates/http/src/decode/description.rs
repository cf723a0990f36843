//! What the headers say of a body. It is obeyed or refused by name, never ignored: text that is read in another charset
//! than it was written in is another text, and that goes unnoticed.

use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName};
use hongbao_api::Invalid;

/// The field by which an HTML form says in which charset the browser sent it.
pub(super) const CHARSET_FIELD: &str = "_charset_";

const CONTENT_TRANSFER_ENCODING: HeaderName = HeaderName::from_static("content-transfer-encoding");

/// How a body is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Form,
    Multipart,
    Json,
}

impl Encoding {
    /// Reads the headers of a request that has a body.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Invalid> {
        check_plain(headers, &CONTENT_ENCODING, &["identity"])?;
        let mut values = headers.get_all(CONTENT_TYPE);
        let value = match (values.next(), values.next()) {
            (None, _) => return Err(Invalid::ContentTypeMissing),
            (Some(value), None) => value.to_str().map_err(|_| Invalid::MediaType)?,
            (Some(_), Some(_)) => return Err(Invalid::ContentTypeRepeated),
        };
        let (media_type, parameters) = value.split_once(';').unwrap_or((value, ""));
        let encoding = match media_type.trim().to_ascii_lowercase().as_str() {
            "application/x-www-form-urlencoded" => Self::Form,
            "multipart/form-data" => Self::Multipart,
            "application/json" => Self::Json,
            _ => return Err(Invalid::MediaType),
        };
        check_charsets(parameters)?;
        let mut named = split_parameters(parameters).filter_map(|parameter| parameter.split_once('='));
        let has_boundary = named.any(|(name, value)| {
            name.trim().eq_ignore_ascii_case("boundary") && !value.trim().trim_matches('"').is_empty()
        });
        if encoding == Self::Multipart && !has_boundary { Err(Invalid::MultipartBoundary) } else { Ok(encoding) }
    }
}

/// Checks what the headers of one part of a multipart form say of its text.
pub(super) fn check_part(headers: &HeaderMap) -> Result<(), Invalid> {
    check_plain(headers, &CONTENT_ENCODING, &["identity"])?;
    // All three say that the bytes are as they are (RFC 2045, section 6.2).
    check_plain(headers, &CONTENT_TRANSFER_ENCODING, &["7bit", "8bit", "binary"])?;
    for value in headers.get_all(CONTENT_TYPE) {
        let value = value.to_str().map_err(|_| Invalid::Multipart)?;
        check_charsets(value.split_once(';').map_or("", |(_, parameters)| parameters))?;
    }
    Ok(())
}

/// Checks the name of a charset; `utf8` is not registered, and common.
pub(super) fn check_charset(charset: &str) -> Result<(), Invalid> {
    let is_utf_8 = charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8");
    if is_utf_8 { Ok(()) } else { Err(Invalid::Charset) }
}

/// Checks that a header names no other encoding than those that leave the bytes as they are.
fn check_plain(headers: &HeaderMap, name: &HeaderName, plain: &[&str]) -> Result<(), Invalid> {
    for value in headers.get_all(name) {
        let codings = value.to_str().map_err(|_| Invalid::ContentEncoding)?.split(',').map(str::trim);
        let is_plain = |coding: &str| coding.is_empty() || plain.iter().any(|plain| coding.eq_ignore_ascii_case(plain));
        if !codings.into_iter().all(is_plain) {
            return Err(Invalid::ContentEncoding);
        }
    }
    Ok(())
}

/// Checks each charset among the parameters of a media type, as `; boundary="a;b"; charset="utf-8"`.
fn check_charsets(parameters: &str) -> Result<(), Invalid> {
    for parameter in split_parameters(parameters) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let name = name.trim();
        // RFC 2231 has two more ways to write the same parameter.
        if name.split('*').next().is_some_and(|name| name.eq_ignore_ascii_case("charset")) {
            let value = value.trim();
            let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
            check_charset(quoted.unwrap_or(value))?;
        }
    }
    Ok(())
}

/// Splits at each `;` outside of quotes.
fn split_parameters(parameters: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    parameters.split(move |character| match character {
        _ if escaped => {
            escaped = false;
            false
        }
        '\\' if quoted => {
            escaped = true;
            false
        }
        '"' => {
            quoted = !quoted;
            false
        }
        ';' => !quoted,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let line = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        lines.iter().map(line).collect()
    }

    fn of(content_type: &str) -> Result<Encoding, Invalid> {
        Encoding::of(&headers(&[("content-type", content_type)]))
    }

    #[test]
    fn utf_8_may_be_declared_in_any_way() {
        for charset in ["utf-8", "UTF-8", "utf8", "\"Utf-8\"", " utf-8 ", "utf-8;", "utf-8; boundary=\"charset=gbk;\""]
        {
            assert_eq!(of(&format!("application/json; charset={charset}")), Ok(Encoding::Json), "{charset}");
        }
        assert_eq!(of("Application/X-WWW-Form-Urlencoded ;CHARSET=utf-8"), Ok(Encoding::Form));
        assert_eq!(of("multipart/form-data; boundary=\"a;charset=gbk\""), Ok(Encoding::Multipart));
    }

    #[test]
    fn any_other_charset_is_refused() {
        for charset in ["GBK", "gb2312", "GB18030", "iso-8859-1", "utf-16", "us-ascii", "", "\"gbk\"", "utf-8\""] {
            for parameter in ["charset", "Charset", "charset*0"] {
                let content_type = format!("application/x-www-form-urlencoded; {parameter}={charset}");
                assert_eq!(of(&content_type), Err(Invalid::Charset), "{content_type}");
            }
        }
        assert_eq!(of("application/json; charset=utf-8; charset=gbk"), Err(Invalid::Charset));
        assert_eq!(of("application/json; charset"), Err(Invalid::Charset));
        assert_eq!(of("application/json; x=\"\\\";\"; charset=gbk"), Err(Invalid::Charset));
    }

    #[test]
    fn a_body_has_one_content_type() {
        assert_eq!(Encoding::of(&HeaderMap::new()), Err(Invalid::ContentTypeMissing));
        let twice = headers(&[("content-type", "application/json"), ("content-type", "application/json")]);
        assert_eq!(Encoding::of(&twice), Err(Invalid::ContentTypeRepeated));
        assert_eq!(of("application/json, application/json"), Err(Invalid::MediaType));
        assert_eq!(of("text/json"), Err(Invalid::MediaType));
        for no_boundary in ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; b=boundary"]
        {
            assert_eq!(of(no_boundary), Err(Invalid::MultipartBoundary), "{no_boundary}");
        }
    }

    #[test]
    fn any_content_encoding_but_identity_is_refused() {
        let with = |codings: &str| {
            Encoding::of(&headers(&[("content-type", "application/json"), ("content-encoding", codings)]))
        };
        for codings in ["identity", "", "Identity, identity"] {
            assert_eq!(with(codings), Ok(Encoding::Json), "{codings:?}");
        }
        for codings in ["gzip", "deflate", "br", "zstd", "x-gzip", "identity, gzip", "aes128gcm"] {
            assert_eq!(with(codings), Err(Invalid::ContentEncoding), "{codings:?}");
        }
    }

    #[test]
    fn a_part_is_held_to_the_same() {
        let part = |name, value| check_part(&headers(&[(name, value)]));
        for (name, value) in [
            ("content-type", "text/plain; charset=UTF-8"),
            ("content-type", "application/json"),
            ("content-transfer-encoding", "8bit"),
            ("content-transfer-encoding", "Binary"),
        ] {
            assert_eq!(part(name, value), Ok(()), "{name}: {value}");
        }
        assert_eq!(part("content-type", "text/plain;charset=GBK"), Err(Invalid::Charset));
        assert_eq!(part("content-type", "text/plain; charset=ISO-8859-1"), Err(Invalid::Charset));
        for coding in ["base64", "quoted-printable"] {
            assert_eq!(part("content-transfer-encoding", coding), Err(Invalid::ContentEncoding));
        }
        assert_eq!(part("content-encoding", "gzip"), Err(Invalid::ContentEncoding));
    }
}
