//! What came back.

use std::collections::BTreeMap;

use reqwest::Response;
use serde::Serialize;
use serde_json::Value;

/// The headers that are part of the contract.
const HEADERS: [&str; 4] = ["content-type", "x-request-id", "retry-after", "allow"];

/// A reply, as it is kept in snapshots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Answer {
    pub(crate) http_status: u16,
    pub(crate) headers: BTreeMap<&'static str, String>,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) async fn read(response: Response) -> reqwest::Result<Self> {
        let header = |name: &&'static str| {
            let value = response.headers().get(*name)?;
            Some((*name, value.to_str().expect("headers are text").to_owned()))
        };
        let headers = HEADERS.iter().filter_map(header).collect();
        let http_status = response.status().as_u16();
        let body = response.text().await?;
        let body = serde_json::from_str(&body).unwrap_or_else(|_| panic!("every answer is an envelope: {body}"));
        Ok(Self { http_status, headers, body })
    }

    /// The contract's status.
    pub(crate) fn status(&self) -> u64 {
        self.body["status"].as_u64().expect("an envelope has a status")
    }

    /// The contract's status and the code, which is empty on status 0.
    pub(crate) fn numbers(&self) -> (u64, &str) {
        (self.status(), self.body["data"]["code"].as_str().unwrap_or_default())
    }

    /// A text of `data`; empty where there is none.
    pub(crate) fn data(&self, name: &str) -> &str {
        self.body["data"][name].as_str().unwrap_or_default()
    }

    pub(crate) fn is_retryable(&self) -> bool {
        self.body["data"]["retryable"].as_bool().expect("whatever is not status 0 says whether to try again")
    }

    /// Gives the answer without what the cloud has said in its own words, which are not ours to pin.
    pub(crate) fn without_words(mut self) -> Self {
        let words = &mut self.body["data"]["im_cloud"]["message"];
        assert!(words.as_str().is_some_and(|words| !words.is_empty()), "the cloud's words are passed on");
        *words = "[the cloud's words]".into();
        self
    }

    /// The fields of `data` that a receipt has.
    pub(crate) fn receipt(&self) -> BTreeMap<&'static str, &str> {
        let names = ["transfer_id", "coin_id", "amount", "from_user_id", "content", "claimed_at"];
        names.into_iter().map(|name| (name, self.data(name))).collect()
    }
}
