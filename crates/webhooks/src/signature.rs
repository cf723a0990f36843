//! The signature of one call.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use hongbao_domain::webhook::WebhookSecret;
use sha2::Sha256;

/// Signs `{id}.{timestamp}.{body}` with each secret: `v1,` and HMAC-SHA-256 in base64, with a space between.
pub(crate) fn sign<'secret>(
    secrets: impl Iterator<Item = &'secret WebhookSecret>,
    id: &str,
    timestamp: i64,
    body: &str,
) -> String {
    let signatures: Vec<_> = secrets
        .map(|secret| {
            let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key may have any length");
            mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
            format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
        })
        .collect();
    signatures.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_secret;

    /// The example of the reference implementations:
    /// <https://github.com/standard-webhooks/standard-webhooks/blob/main/libraries/python/tests/test_webhooks.py>
    #[test]
    fn the_example_of_the_specification_comes_out() {
        let secret = read_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", r#"{"test": 2432232314}"#);
        let signature = sign([&secret].into_iter(), id, 1_614_265_330, body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn two_secrets_sign_side_by_side() {
        let [one, other] = [1, 2].map(|byte| WebhookSecret::new(vec![byte; 24]).unwrap());
        let both = sign([&one, &other].into_iter(), "id", 1, "{}");
        let each = [&one, &other].map(|secret| sign([secret].into_iter(), "id", 1, "{}"));
        assert_eq!(both, each.join(" "));
        assert_ne!(each[0], each[1]);
    }
}
