//! Requests, in every encoding that the contract knows.

use std::fmt::Write as _;

use reqwest::Method;

use hongbao_testkit::session_of;

pub(crate) const PUBLISH: &str = "/im/msg_redpack_publish";
pub(crate) const ACCEPT: &str = "/im/msg_redpack_accept";
/// What every request is called, so that its reply is the same in every run.
pub(crate) const REQUEST_ID: &str = "contract-test";

const SESSION_KEY: &str = "session_key";
const BOUNDARY: &str = "----hongbao";

/// How the fields travel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Format {
    Query,
    Form,
    Multipart,
    Json,
    /// As JSON, but `amount` as a JSON number.
    JsonNumber,
    /// Not the fields, but a body as it stands, of this content type.
    Raw(&'static str, String),
}

/// One request. Unless it is told otherwise, it is a right one, as a form.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    fields: Vec<(&'static str, String)>,
    format: Format,
}

/// Alice sends bob 8.88 CNY.
pub(crate) fn publish() -> Request {
    let fields = [("toUserId", "bob"), ("coin_id", "CNY"), ("amount", "8.88"), ("content", "恭喜发财")];
    Request::new(PUBLISH, &fields).by("alice")
}

/// Bob takes a packet.
pub(crate) fn accept(transfer_id: &str) -> Request {
    Request::new(ACCEPT, &[("transfer_id", transfer_id)]).by("bob")
}

impl Request {
    fn new(path: &str, fields: &[(&'static str, &str)]) -> Self {
        Self {
            method: Method::POST,
            path: path.to_owned(),
            headers: vec![("X-Request-Id", REQUEST_ID.to_owned())],
            fields: fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
            format: Format::Form,
        }
    }

    /// In the session of another user.
    pub(crate) fn by(self, user: &str) -> Self {
        self.with(SESSION_KEY, &session_of(user))
    }

    /// In no session.
    pub(crate) fn by_nobody(self) -> Self {
        self.without(SESSION_KEY)
    }

    /// With another value of a field.
    pub(crate) fn with(self, name: &'static str, value: &str) -> Self {
        let mut other = self.without(name);
        other.fields.push((name, value.to_owned()));
        other
    }

    /// With a field once more.
    pub(crate) fn with_another(mut self, name: &'static str, value: &str) -> Self {
        self.fields.push((name, value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(field, _)| *field != name);
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn in_format(mut self, format: Format) -> Self {
        self.format = format;
        self
    }

    pub(crate) fn in_chinese(self) -> Self {
        self.header("Accept-Language", "zh-CN,zh;q=0.9,en;q=0.8")
    }

    /// Gives the query, the content type and the body.
    pub(crate) fn encode(&self) -> (Option<String>, Option<String>, String) {
        let body = |content_type: &str, body| (None, Some(content_type.to_owned()), body);
        match &self.format {
            Format::Query => (Some(self.urlencoded()), None, String::new()),
            Format::Form => body("application/x-www-form-urlencoded", self.urlencoded()),
            Format::Multipart => body(&format!("multipart/form-data; boundary={BOUNDARY}"), self.multipart()),
            Format::Json => body("application/json", self.json(false)),
            Format::JsonNumber => body("application/json", self.json(true)),
            Format::Raw(content_type, raw) => body(content_type, raw.clone()),
        }
    }

    /// Writes the request as it goes over the wire.
    pub(crate) fn to_http(&self) -> String {
        let (_, content_type, body) = self.encode();
        let (path, length) = (&self.path, body.len());
        let content_type = content_type.expect("what goes over the wire by hand has a body");
        format!(
            "POST {path} HTTP/1.1\r\nHost: hongbao\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    }

    fn urlencoded(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.fields).finish()
    }

    fn multipart(&self) -> String {
        let mut body = String::new();
        for (name, value) in &self.fields {
            write!(body, "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .expect("a string takes anything");
        }
        body + "--" + BOUNDARY + "--\r\n"
    }

    fn json(&self, amount_is_number: bool) -> String {
        let value = |name: &str, value: &str| {
            if amount_is_number && name == "amount" { value.to_owned() } else { serde_json::json!(value).to_string() }
        };
        let fields = self.fields.iter().map(|(name, text)| format!("\"{name}\":{}", value(name, text)));
        format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
    }
}
