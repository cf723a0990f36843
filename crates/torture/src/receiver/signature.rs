//! The signature of Standard Webhooks, as a receiver computes it:
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use super::call::Arrived;

/// The block of SHA-256, in bytes.
const BLOCK: usize = 64;

/// Whether one of a call's signatures is that of a secret, over the id, the time and the body as they arrived.
pub(super) fn is_right(secret: &str, call: &Arrived) -> bool {
    let key = secret.strip_prefix("whsec_").and_then(|text| STANDARD.decode(text).ok());
    key.is_some_and(|key| {
        let (id, time) = (call.header("webhook-id"), call.header("webhook-timestamp"));
        let right = hmac(&key, format!("{id}.{time}.{}", call.body).as_bytes());
        let right = format!("v1,{}", STANDARD.encode(right));
        call.header("webhook-signature").split(' ').any(|signature| signature == right)
    })
}

/// HMAC with SHA-256, as RFC 2104 has it. Keys of webhooks are no longer than a block.
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let padded = |pad: u8| -> [u8; BLOCK] { std::array::from_fn(|index| key.get(index).copied().unwrap_or(0) ^ pad) };
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /// The example of the reference implementations.
    fn example(signature: &str, body: &str) -> Arrived {
        let id = ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek");
        Arrived::new(&[id, ("webhook-timestamp", "1614265330"), ("webhook-signature", signature)], body)
    }

    const RIGHT: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    const BODY: &str = r#"{"test": 2432232314}"#;

    #[test]
    fn the_example_of_the_specification_is_right_also_beside_another() {
        assert!(is_right(SECRET, &example(RIGHT, BODY)));
        assert!(is_right(SECRET, &example(&format!("v1,AAAA {RIGHT}"), BODY)));
    }

    #[test]
    fn another_signature_body_or_secret_is_wrong() {
        assert!(!is_right(SECRET, &example("v1,AAAA", BODY)));
        assert!(!is_right(SECRET, &example("", BODY)));
        assert!(!is_right(SECRET, &example(RIGHT, "{}")));
        assert!(!is_right("whsec_AfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &example(RIGHT, BODY)));
        assert!(!is_right("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &example(RIGHT, BODY)));
    }
}
