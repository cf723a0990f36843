//! Secrets that are told once, and again to a repeat under the same key, without being kept.

use hmac::{Hmac, KeyInit, Mac};
use hongbao_domain::{
    id::{AdminTokenId, EndpointId, RequestKey, SessionKey, TransferId},
    webhook::WebhookSecret,
};
use sha2::{Digest, Sha256};

/// Where a new secret comes from: random bytes, or under a key what makes the same again.
pub(super) struct SecretSource([u8; 32]);

impl SecretSource {
    pub(super) fn random(bytes: fn() -> [u8; 32]) -> Self {
        Self(bytes())
    }

    /// Under a key it is the same again. It takes the token, of which the store has a hash, and the nonce, which the store
    /// alone has: neither is enough by itself, and a token that was revoked is not answered.
    pub(super) fn derived(token: &str, key: RequestKey, nonce: Option<[u8; 32]>) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(token.as_bytes()).expect("any key will do");
        mac.update(b"hongbao secret of an operation\0");
        mac.update(key.as_str().as_bytes());
        if let Some(nonce) = nonce {
            // A key has no such byte in it.
            mac.update(b"\0");
            mac.update(&nonce);
        }
        Self(mac.finalize().into_bytes().into())
    }

    /// Makes a secret that signs what an endpoint is told.
    pub(super) fn webhook_secret(&self) -> WebhookSecret {
        WebhookSecret::new(self.0.to_vec()).expect("32 bytes are a secret")
    }

    /// Makes the name of an endpoint, which says nothing of the secret.
    pub(super) fn endpoint_id(&self) -> EndpointId {
        let digest: [u8; 32] = Sha256::digest(self.0).into();
        EndpointId::from_u128(u128::from_be_bytes(digest.as_chunks::<16>().0[0]))
    }

    /// Makes a token of an administrator.
    pub(super) fn admin_token(&self) -> String {
        format!("hba_{}", self.session_key().as_str())
    }

    /// Makes the public id of that token, which says nothing of it.
    pub(super) fn admin_token_id(&self) -> AdminTokenId {
        AdminTokenId::from_u128(self.endpoint_id().to_u128())
    }

    /// Makes a session key of 44 letters and digits.
    pub(super) fn session_key(&self) -> SessionKey {
        let halves = self.0.as_chunks::<16>().0;
        let [left, right] = [halves[0], halves[1]].map(|half| TransferId::from_u128(u128::from_be_bytes(half)));
        format!("{left}{right}").parse().expect("44 letters and digits are a session key")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeat_hears_the_same_and_no_other_does() {
        let of = |token: &str, key: &str, nonce| SecretSource::derived(token, key.parse().unwrap(), nonce).0;
        let told = of("hba_a", "k1", Some([1; 32]));
        assert_eq!(of("hba_a", "k1", Some([1; 32])), told);
        for other in [
            of("hba_b", "k1", Some([1; 32])),
            of("hba_a", "k2", Some([1; 32])),
            of("hba_a", "k1", Some([2; 32])),
            of("hba_a", "k1", None),
        ] {
            assert_ne!(other, told);
        }
    }
}
