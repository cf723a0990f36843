//! Who is calling: <https://docs.rongcloud.cn/platform-chat-api/auth>.

use std::time::Duration;

use secrecy::ExposeSecret;
use sha1::{Digest, Sha1};
use time::OffsetDateTime;

use super::{CloudError, Moment};
use crate::Options;

/// The headers that a caller signs with, as they were sent.
///
/// The nonce is not judged, and the timestamp only on request: official SDKs send seconds instead of milliseconds,
/// nonces with dots and of more than 18 characters, and one of them repeats all of it for the life of its process. The
/// live cloud serves them.
#[derive(Debug)]
pub(crate) struct Credentials<'a> {
    pub(crate) app_key: Option<&'a str>,
    pub(crate) nonce: Option<&'a str>,
    pub(crate) timestamp: Option<&'a str>,
    pub(crate) signature: Option<&'a str>,
}

impl Credentials<'_> {
    /// Passes only the app itself.
    pub(crate) fn check(&self, options: &Options, moment: &Moment<'_>) -> Result<(), CloudError> {
        if self.app_key != Some(&options.app_key) {
            return Err(CloudError::WrongAppKey);
        }
        let (Some(nonce), Some(timestamp), Some(signature)) = (self.nonce, self.timestamp, self.signature) else {
            return Err(CloudError::WrongSignature);
        };
        let expected = sign(options.app_secret.expose_secret(), nonce, timestamp);
        if !signature.eq_ignore_ascii_case(&expected) {
            return Err(CloudError::WrongSignature);
        }
        match moment.unverified.max_skew {
            Some(max_skew) if !is_fresh(timestamp, moment.now, max_skew) => Err(CloudError::WrongSignature),
            Some(_) | None => Ok(()),
        }
    }
}

/// Tells whether a timestamp, in seconds or milliseconds, is at most `max_skew` from `now`.
fn is_fresh(timestamp: &str, now: OffsetDateTime, max_skew: Duration) -> bool {
    /// As seconds this is the year 5138, as milliseconds it is 1973.
    const FIRST_MILLISECOND: i128 = 100_000_000_000;

    let Ok(sent) = timestamp.parse::<i64>().map(i128::from) else {
        return false;
    };
    let sent_ms = if sent < FIRST_MILLISECOND { sent * 1_000 } else { sent };
    let skew_ms = (sent_ms - now.unix_timestamp_nanos() / 1_000_000).unsigned_abs();
    skew_ms <= max_skew.as_millis()
}

/// Hex of SHA-1 over the three texts, with nothing between them. The body is not signed.
fn sign(secret: &str, nonce: &str, timestamp: &str) -> String {
    Sha1::new()
        .chain_update(secret)
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
    use crate::Unverified;

    /// The example of the public documentation.
    const PUBLISHED: Credentials<'_> = Credentials {
        app_key: Some("key"),
        nonce: Some("14314"),
        timestamp: Some("1408710653000"),
        signature: Some("30be0bbca9c9b2e27578701e9fda2358a814c88f"),
    };

    fn check(credentials: &Credentials<'_>, unverified: &Unverified) -> Result<(), CloudError> {
        let options = Options { app_key: "key".to_owned(), app_secret: "Y1W2MeFwwwRxa0".into() };
        let now = OffsetDateTime::from_unix_timestamp(1_408_710_660).unwrap();
        credentials.check(&options, &Moment { now, unverified })
    }

    #[test]
    fn the_published_example_is_accepted() {
        assert_eq!(check(&PUBLISHED, &Unverified::default()), Ok(()));
    }

    #[test]
    fn the_case_of_the_signature_does_not_matter() {
        let credentials = Credentials { signature: Some("30BE0BBCA9C9B2E27578701E9FDA2358A814C88F"), ..PUBLISHED };

        assert_eq!(check(&credentials, &Unverified::default()), Ok(()));
    }

    #[test]
    fn each_part_is_signed() {
        let altered = [
            Credentials { nonce: Some("14315"), ..PUBLISHED },
            Credentials { timestamp: Some("1408710653001"), ..PUBLISHED },
            Credentials { signature: Some("40be0bbca9c9b2e27578701e9fda2358a814c88f"), ..PUBLISHED },
            Credentials { nonce: None, ..PUBLISHED },
        ];

        for credentials in altered {
            assert_eq!(check(&credentials, &Unverified::default()), Err(CloudError::WrongSignature));
        }
    }

    #[test]
    fn a_timestamp_is_judged_on_request_in_seconds_and_in_milliseconds() {
        let signature = sign("Y1W2MeFwwwRxa0", "14314", "1408710653");
        let in_seconds = Credentials { timestamp: Some("1408710653"), signature: Some(&signature), ..PUBLISHED };

        for (seconds, fresh) in [(7, Ok(())), (6, Err(CloudError::WrongSignature))] {
            let unverified = Unverified { max_skew: Some(Duration::from_secs(seconds)), ..Unverified::default() };
            assert_eq!(check(&PUBLISHED, &unverified), fresh);
            assert_eq!(check(&in_seconds, &unverified), fresh);
        }
    }
}
