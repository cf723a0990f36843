//! A secret as people copy it: `whsec_` and the bytes in base64.

use base64::{Engine, engine::general_purpose::STANDARD};
use hongbao_domain::webhook::WebhookSecret;

const PREFIX: &str = "whsec_";

/// Writes a secret.
pub fn print_secret(secret: &WebhookSecret) -> String {
    format!("{PREFIX}{}", STANDARD.encode(secret.as_bytes()))
}

/// Reads a secret; `None` if it is none, or too short or too long.
pub fn read_secret(text: &str) -> Option<WebhookSecret> {
    WebhookSecret::new(STANDARD.decode(text.strip_prefix(PREFIX)?).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_as_it_is_written() {
        let secret = WebhookSecret::new((0..32).collect()).unwrap();
        let text = print_secret(&secret);
        assert_eq!(text, "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
        assert_eq!(read_secret(&text), Some(secret));
        for wrong in ["", "whsec_", "whsec_AAEC", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "whsec_!"] {
            assert_eq!(read_secret(wrong), None, "{wrong}");
        }
    }
}
