//! Parameters: what a form says, JSON and a multipart form of the same fields say, to every method.
#![no_main]

use std::fmt::Debug;

use hongbao_api::{Denial, Endpoint, Fields, Invalid};
use libfuzzer_sys::fuzz_target;

const BOUNDARY: &str = "----------------------------fuzz";

fuzz_target!(|body: &[u8]| {
    let form = hongbao_http::fuzzing::body("application/x-www-form-urlencoded", body);
    let Ok(form) = form else {
        assert!(matches!(form, Err(Invalid::Form | Invalid::BodyNotUtf8 | Invalid::Charset)), "{form:?}");
        return;
    };
    // Another reader, which is lenient; where ours accepts, they agree.
    let pairs: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
    let Some(pairs) = as_sent(pairs) else { return };
    let json = hongbao_http::fuzzing::body("application/json", to_json(&pairs).as_bytes()).expect("it is an object");
    same_for_all(&form, &json);
    if let Some(body) = to_multipart(&pairs) {
        let content_type = "multipart/form-data; boundary=----------------------------fuzz";
        let multipart = hongbao_http::fuzzing::body(content_type, body.as_bytes()).expect("it is a multipart form");
        same_for_all(&form, &multipart);
    }
});

/// Gives the pairs as our reader takes them: a byte-order mark at the beginning is none of them. Without those that
/// name a charset, which is a matter of forms.
fn as_sent(mut pairs: Vec<(String, String)>) -> Option<Vec<(String, String)>> {
    if let Some((name, _)) = pairs.first_mut()
        && let Some(rest) = name.strip_prefix('\u{feff}')
    {
        *name = rest.to_owned();
    }
    pairs.iter().all(|(name, _)| name != "_charset_").then_some(pairs)
}

fn to_json(pairs: &[(String, String)]) -> String {
    let text = |text: &String| serde_json::to_string(text).expect("a text");
    let members: Vec<_> = pairs.iter().map(|(name, value)| format!("{}:{}", text(name), text(value))).collect();
    format!("{{{}}}", members.join(","))
}

/// Writes a multipart form, unless a name or value cannot stand in one as it is.
fn to_multipart(pairs: &[(String, String)]) -> Option<String> {
    let can_be_named =
        |name: &String| !name.is_empty() && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
    let can_stand = |value: &String| !value.contains("--") && !value.starts_with('\u{feff}');
    let mut body = String::new();
    for (name, value) in pairs {
        if !can_be_named(name) || !can_stand(value) {
            return None;
        }
        body += &format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    (!pairs.is_empty()).then(|| format!("{body}--{BOUNDARY}--\r\n"))
}

fn same_for_all(one: &Fields, other: &Fields) {
    macro_rules! each {
        ($($endpoint:ty),* $(,)?) => { $(same::<$endpoint>(one, other);)* };
    }
    hongbao_api::for_each_method!(each);
}

/// Checks that a method reads the same request, and that under a key it is the same request.
fn same<E>(one: &Fields, other: &Fields)
where
    E: Endpoint<Request: Debug, Refusal: Debug>,
{
    let read = |fields| match E::read(fields) {
        Ok(request) => Ok(format!("{request:?}")),
        Err(Denial::Refused(refusal)) => Err(format!("{refusal:?}")),
        Err(denial) => Err(format!("{denial:?}")),
    };
    assert_eq!(read(one), read(other), "{}", E::PATH);
    assert_eq!(E::fingerprint(one), E::fingerprint(other), "{}", E::PATH);
}
