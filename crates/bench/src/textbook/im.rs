//! The call to the IM cloud.

use reqwest::{Client, header::CONTENT_TYPE};
use serde::Deserialize;
use sha1::{Digest, Sha1};

use super::error::HandlerError;
use crate::system::fresh;

const APP_KEY: &str = "bench";
const APP_SECRET: &str = "bench";

/// The IM cloud.
pub(super) struct Im {
    client: Client,
    url: String,
}

#[derive(Deserialize)]
struct Answer {
    code: u32,
}

impl Im {
    pub(super) fn new(cloud: &str) -> Self {
        Self { client: Client::new(), url: format!("{cloud}/message/private/publish.json") }
    }

    /// Sends a message about a packet.
    pub(super) async fn tell(
        &self,
        from: &str,
        to: &str,
        name: &str,
        packet: &str,
        now: i64,
    ) -> Result<(), HandlerError> {
        let content = serde_json::json!({ "event_id": fresh().to_string(), "transfer_id": packet }).to_string();
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("fromUserId", from), ("toUserId", to), ("objectName", name), ("content", &content)])
            .finish();
        let (nonce, timestamp) = (nonce(), (now / 1_000).to_string());
        let request = self.client.post(&self.url).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = request.header("App-Key", APP_KEY).header("Nonce", &nonce).header("Timestamp", &timestamp);
        let answer = request.header("Signature", signature(&nonce, &timestamp)).body(form).send().await?;
        let answer = answer.error_for_status()?.bytes().await?;
        match serde_json::from_slice(&answer) {
            Ok(Answer { code: 200 }) => Ok(()),
            Ok(Answer { code }) => Err(HandlerError(format!("the im cloud says {code}"))),
            Err(error) => Err(HandlerError(format!("the im cloud says {error}"))),
        }
    }
}

fn signature(nonce: &str, timestamp: &str) -> String {
    let digest = Sha1::new().chain_update(APP_SECRET).chain_update(nonce).chain_update(timestamp).finalize();
    let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// Gives 16 digits: the last 64 bits of an id are its random ones.
fn nonce() -> String {
    format!("{:016x}", fresh().as_u128() & u128::from(u64::MAX))
}
