//! One endpoint.

use std::{collections::BTreeSet, error::Error, fmt, str::FromStr, time::Duration};

use crate::{id::EndpointId, outbox::EventKind, store::Row, time::Timestamp};

/// An endpoint of the app's backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Its name.
    pub id: EndpointId,
    /// Where it is.
    pub url: WebhookUrl,
    /// What it wants to know.
    pub events: BTreeSet<EventKind>,
    /// With what its deliveries are signed.
    pub secret: WebhookSecret,
    /// The secret before, for as long as both sign.
    pub former: Option<FormerSecret>,
    /// Whether it is told anything. What happens while it is not is not told later.
    pub is_enabled: bool,
    /// When it was added.
    pub created_at: Timestamp,
    /// When the row last changed.
    pub changed_at: Timestamp,
    /// Goes up by one with each change.
    pub version: u64,
}

/// A secret that was replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerSecret {
    /// The secret.
    pub secret: WebhookSecret,
    /// Until when it signs as well.
    pub until: Timestamp,
}

impl Row for Endpoint {
    type Key = EndpointId;

    fn key(&self) -> EndpointId {
        self.id
    }
}

impl Endpoint {
    /// The most endpoints that may be enabled: each change writes a row for each that wants to know of it.
    pub const MAX: usize = 20;

    /// How long after a change all servers act by it: each reads the endpoints twice in that time.
    pub const SETTLED_AFTER: Duration = Duration::from_secs(10);

    /// Says whether it is told nothing, and every server knows.
    pub fn is_settled(&self, now: Timestamp) -> bool {
        !self.is_enabled && now >= self.changed_at.after(Self::SETTLED_AFTER)
    }

    /// Gives the secrets that sign at `now`, the newest first.
    pub fn secrets(&self, now: Timestamp) -> impl Iterator<Item = &WebhookSecret> {
        let former = self.former.iter().filter(move |former| now < former.until).map(|former| &former.secret);
        std::iter::once(&self.secret).chain(former)
    }
}

/// Random bytes that sign deliveries. A secret: `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Vec<u8>);

impl WebhookSecret {
    /// Takes 24 to 64 bytes, as Standard Webhooks wants them.
    ///
    /// <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        (24..=64).contains(&bytes.len()).then_some(Self(bytes))
    }

    /// Gives the bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(***)")
    }
}

/// The address of an endpoint: 1 to 2048 visible ASCII characters after `https://` or `http://`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookUrl(String);

/// It is not the address of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseWebhookUrlError;

impl fmt::Display for ParseWebhookUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an address: it begins with https:// and has no spaces")
    }
}

impl Error for ParseWebhookUrlError {}

impl WebhookUrl {
    /// The longest address, in characters (all of them ASCII).
    pub const MAX_LENGTH: usize = 2048;

    /// Gives the address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for WebhookUrl {
    type Err = ParseWebhookUrlError;

    fn from_str(text: &str) -> Result<Self, ParseWebhookUrlError> {
        let rest = ["https://", "http://"].iter().find_map(|scheme| text.strip_prefix(scheme));
        let is_address = rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_graphic()));
        (is_address && text.len() <= Self::MAX_LENGTH).then(|| Self(text.to_owned())).ok_or(ParseWebhookUrlError)
    }
}

impl fmt::Display for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_http_visible_and_not_too_long() {
        assert!("https://app.example/hooks?from=hongbao".parse::<WebhookUrl>().is_ok());
        let longest = format!("http://{}", "a".repeat(WebhookUrl::MAX_LENGTH - "http://".len()));
        assert!(longest.parse::<WebhookUrl>().is_ok());
        for wrong in
            ["", "https://", "ftp://app.example", "app.example", "https://a b", "https://例", &format!("{longest}a")]
        {
            assert_eq!(wrong.parse::<WebhookUrl>(), Err(ParseWebhookUrlError), "{wrong:?}");
        }
    }

    #[test]
    fn a_secret_has_24_to_64_bytes_and_is_never_shown() {
        for (length, is_right) in [(23, false), (24, true), (64, true), (65, false)] {
            assert_eq!(WebhookSecret::new(vec![7; length]).is_some(), is_right, "{length}");
        }
        assert_eq!(format!("{:?}", WebhookSecret::new(vec![7; 24]).unwrap()), "WebhookSecret(***)");
    }

    #[test]
    fn a_former_secret_signs_until_its_time_is_over() {
        let secret = |byte| WebhookSecret::new(vec![byte; 24]).unwrap();
        let until = Timestamp::from_micros(10);
        let endpoint = Endpoint {
            id: EndpointId::from_u128(1),
            url: "https://a".parse().unwrap(),
            events: BTreeSet::new(),
            secret: secret(2),
            former: Some(FormerSecret { secret: secret(1), until }),
            is_enabled: true,
            created_at: until,
            changed_at: until,
            version: 1,
        };
        assert!(endpoint.secrets(Timestamp::from_micros(9)).eq([&secret(2), &secret(1)]));
        assert!(endpoint.secrets(until).eq([&secret(2)]));
    }
}
