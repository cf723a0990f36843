//! Who is calling: <https://docs.rongcloud.cn/platform-chat-api/auth>.

use std::sync::Arc;

use hongbao_domain::{id::EventId, time::Timestamp};
use hongbao_ports::{Clock, Ids};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use sha1::{Digest, Sha1};

use crate::{Settings, SettingsError};

const APP_KEY: HeaderName = HeaderName::from_static("app-key");
const NONCE: HeaderName = HeaderName::from_static("nonce");
const TIMESTAMP: HeaderName = HeaderName::from_static("timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("signature");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Signs requests in the name of one app.
pub(crate) struct Signer {
    app_key: HeaderValue,
    app_secret: SecretString,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

/// The headers of one try.
pub(crate) struct Signed {
    /// The name of this try: the cloud's support finds it by that.
    pub(crate) request_id: String,
    pub(crate) headers: HeaderMap,
}

impl Signer {
    pub(crate) fn try_new(
        settings: &Settings,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Result<Self, SettingsError> {
        let is_visible = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        let app_key = settings.app_key.as_str();
        if !is_visible(app_key) {
            return Err(SettingsError::AppKey);
        }
        if !is_visible(settings.app_secret.expose_secret()) {
            return Err(SettingsError::AppSecret);
        }
        let app_key = HeaderValue::from_str(app_key).map_err(|_| SettingsError::AppKey)?;
        Ok(Self { app_key, app_secret: settings.app_secret.clone(), clock, ids })
    }

    /// Signs one try. Two tries of one call are two requests to the cloud, so that each is signed anew.
    pub(crate) fn sign(&self) -> Signed {
        let id = self.ids.event();
        let (nonce, timestamp) = (nonce(id), millis(self.clock.now()));
        let mut signature = header(&signature(&self.app_secret, &nonce, &timestamp));
        signature.set_sensitive(true);
        let request_id = format!("{:032x}", id.to_u128());
        let headers = HeaderMap::from_iter([
            (APP_KEY, self.app_key.clone()),
            (NONCE, header(&nonce)),
            (TIMESTAMP, header(&timestamp)),
            (SIGNATURE, signature),
            (REQUEST_ID, header(&request_id)),
        ]);
        Signed { request_id, headers }
    }
}

fn header(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("digits are legal in a header")
}

/// A nonce has at most 18 characters; the last 64 bits of an id are its random ones.
fn nonce(id: EventId) -> String {
    format!("{:016x}", id.to_u128() & u128::from(u64::MAX))
}

fn millis(moment: Timestamp) -> String {
    (moment.to_micros() / 1_000).to_string()
}

/// Gives lower-case hex of SHA-1 over the three texts, with nothing between them. The body is not signed.
fn signature(app_secret: &SecretString, nonce: &str, timestamp: &str) -> String {
    Sha1::new()
        .chain_update(app_secret.expose_secret())
        .chain_update(nonce)
        .chain_update(timestamp)
        .finalize()
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0xf])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_is_reproduced() {
        assert_eq!(
            signature(&"Y1W2MeFwwwRxa0".into(), "14314", "1408710653000"),
            "30be0bbca9c9b2e27578701e9fda2358a814c88f"
        );
    }

    #[test]
    fn a_nonce_is_at_most_18_characters() {
        assert!(nonce(EventId::from_u128(u128::MAX)).len() <= 18);
        assert_eq!(nonce(EventId::from_u128(0x0193_0000_0000_7000_8000_0000_0000_00ab)), "80000000000000ab");
    }

    #[test]
    fn the_time_is_told_in_milliseconds() {
        assert_eq!(millis(Timestamp::from_micros(1_408_710_653_000_999)), "1408710653000");
    }
}
