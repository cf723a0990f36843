//! One request, as it was received and as it is shown.

use std::collections::BTreeMap;

use actix_web::web::Bytes;
use serde::Serialize;

use crate::api::Form;

/// What stands in place of a signature.
const HIDDEN: &str = "(hidden)";

/// A request to the Server API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Request {
    /// Such as `POST`.
    pub method: String,
    /// Such as `/user/getToken.json`, without a query.
    pub path: String,
    /// The headers by name in lower case. Of a signature only the presence is shown.
    pub headers: BTreeMap<String, String>,
    /// The parameters in the order in which they were sent, decoded as a form whatever the content type says.
    pub form: Vec<(String, String)>,
    /// The body as it was sent. Bytes that are not UTF-8 are shown as U+FFFD.
    pub body: String,
}

/// A request as it is kept: what can be made of the body is made when it is shown.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) connection: u64,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Bytes,
}

impl Received {
    pub(super) fn size_bytes(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        self.method.len() + self.path.len() + headers + self.body.len()
    }
}

impl From<&Received> for Request {
    fn from(received: &Received) -> Self {
        let Received { connection: _, method, path, headers, body } = received;
        let show = |(name, value): (&String, &String)| {
            let secret = matches!(name.as_str(), "signature" | "rc-signature");
            (name.clone(), if secret { HIDDEN.to_owned() } else { value.clone() })
        };
        Self {
            method: method.clone(),
            path: path.clone(),
            headers: headers.iter().map(show).collect(),
            form: Form::parse(body).into_fields(),
            body: String::from_utf8_lossy(body).into_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_shown_decoded_and_without_its_signature() {
        let headers = [("app-key", "key"), ("signature", "30be"), ("rc-signature", "0bbc")];
        let received = Received {
            connection: 0,
            method: "POST".to_owned(),
            path: "/a".to_owned(),
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            body: Bytes::from_static(b"b=%E7%BA%A2+1&a=&b=2"),
        };

        let request = Request::from(&received);

        let shown: Vec<(&str, &str)> =
            request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(shown, [("app-key", "key"), ("rc-signature", HIDDEN), ("signature", HIDDEN)]);
        let fields = [("b", "红 1"), ("a", ""), ("b", "2")].map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(request.form, fields);
        assert_eq!(request.body, "b=%E7%BA%A2+1&a=&b=2");
    }
}
