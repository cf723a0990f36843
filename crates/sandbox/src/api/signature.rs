//! Who is calling: <https://docs.rongcloud.cn/platform-chat-api/auth>.

use secrecy::ExposeSecret;
use sha1::{Digest, Sha1};

use super::CloudError;
use crate::Options;

/// The headers that a caller signs with, as they were sent.
///
/// Neither nonce nor timestamp is judged: official SDKs send seconds instead of milliseconds, nonces with dots and of
/// more than 18 characters, and one of them repeats all of it for the life of its process. The live cloud serves them.
#[derive(Debug)]
pub(crate) struct Credentials<'a> {
    pub(crate) app_key: Option<&'a str>,
    pub(crate) nonce: Option<&'a str>,
    pub(crate) timestamp: Option<&'a str>,
    pub(crate) signature: Option<&'a str>,
}

impl Credentials<'_> {
    /// Passes only the app itself.
    pub(crate) fn check(&self, options: &Options) -> Result<(), CloudError> {
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
        Ok(())
    }
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

    /// The example of the public documentation.
    const PUBLISHED: Credentials<'_> = Credentials {
        app_key: Some("key"),
        nonce: Some("14314"),
        timestamp: Some("1408710653000"),
        signature: Some("30be0bbca9c9b2e27578701e9fda2358a814c88f"),
    };

    fn options() -> Options {
        Options { app_key: "key".to_owned(), app_secret: "Y1W2MeFwwwRxa0".into() }
    }

    #[test]
    fn the_published_example_is_accepted() {
        assert_eq!(PUBLISHED.check(&options()), Ok(()));
    }

    #[test]
    fn the_case_of_the_signature_does_not_matter() {
        let credentials = Credentials { signature: Some("30BE0BBCA9C9B2E27578701E9FDA2358A814C88F"), ..PUBLISHED };

        assert_eq!(credentials.check(&options()), Ok(()));
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
            assert_eq!(credentials.check(&options()), Err(CloudError::WrongSignature));
        }
    }
}
