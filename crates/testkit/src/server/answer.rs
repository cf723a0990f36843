//! What came back.

use std::collections::BTreeMap;

use reqwest::{RequestBuilder, Response};
use serde::Serialize;
use serde_json::Value;

/// The headers that are part of the contract.
const HEADERS: [&str; 4] = ["content-type", "x-request-id", "retry-after", "allow"];

/// A reply, as it is kept in snapshots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The HTTP status.
    pub http_status: u16,
    /// The headers of the contract.
    pub headers: BTreeMap<&'static str, String>,
    /// The whole body.
    pub body: Value,
    /// The body as it came.
    #[serde(skip)]
    pub text: String,
}

impl Answer {
    /// Sends a request and waits for the answer.
    pub async fn of(request: RequestBuilder) -> Self {
        Self::read(request.send().await.expect("the server answers")).await.expect("the answer is whole")
    }

    /// Reads an answer whose head has come.
    pub async fn read(response: Response) -> reqwest::Result<Self> {
        let header = |name: &&'static str| {
            let value = response.headers().get(*name)?;
            Some((*name, value.to_str().expect("headers are text").to_owned()))
        };
        let headers = HEADERS.iter().filter_map(header).collect();
        let http_status = response.status().as_u16();
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or_else(|_| panic!("every answer is an envelope: {text}"));
        Ok(Self { http_status, headers, body, text })
    }

    /// What a repeat under a key is told again: the HTTP status, and the body to the byte.
    pub fn status_and_text(&self) -> (u16, &str) {
        (self.http_status, &self.text)
    }

    /// The contract's status.
    pub fn status(&self) -> u64 {
        self.body["status"].as_u64().expect("an envelope has a status")
    }

    /// The contract's status and the code, which is empty on status 0.
    pub fn numbers(&self) -> (u64, &str) {
        (self.status(), self.data("code"))
    }

    /// The HTTP status before those.
    pub fn all_numbers(&self) -> (u16, u64, &str) {
        (self.http_status, self.status(), self.data("code"))
    }

    /// A text of `data`; empty where there is none.
    pub fn data(&self, name: &str) -> &str {
        self.body["data"][name].as_str().unwrap_or_default()
    }

    /// Whether to try again.
    pub fn is_retryable(&self) -> bool {
        self.body["data"]["retryable"].as_bool().expect("whatever is not status 0 says whether to try again")
    }

    /// The contract's status and the whole data.
    pub fn into_parts(mut self) -> (u64, Value) {
        (self.status(), self.body["data"].take())
    }

    /// Gives the answer without what the cloud has said in its own words, which are not ours to pin.
    #[must_use]
    pub fn without_words(mut self) -> Self {
        let words = &mut self.body["data"]["im_cloud"]["message"];
        assert!(words.as_str().is_some_and(|words| !words.is_empty()), "the cloud's words are passed on");
        *words = "[the cloud's words]".into();
        self
    }

    /// The fields of `data` that a receipt has.
    pub fn receipt(&self) -> BTreeMap<&'static str, &str> {
        let names = ["transfer_id", "coin_id", "amount", "from_user_id", "content", "claimed_at"];
        names.into_iter().map(|name| (name, self.data(name))).collect()
    }

    /// What is wrong, as status 3, and whether to try again.
    pub fn cloud_failure(&self) -> (&str, bool) {
        assert_eq!((self.http_status, self.status()), (200, 3), "{:?}", self.body);
        (self.data("code"), self.is_retryable())
    }

    /// The parameter at fault, which must be status 100.
    pub fn parameter(&self) -> &str {
        assert_eq!(self.all_numbers(), (400, 100, "invalid_request"), "{:?}", self.body);
        self.data("parameter")
    }
}
