//! Secrets that are told once, and again to a repeat under the same key, without being kept.

use hmac::{Hmac, KeyInit, Mac};
use hongbao_domain::{
    id::{AdminTokenId, EndpointId, RequestKey, SessionKey, TransferId},
    webhook::WebhookSecret,
};
use sha2::{Digest, Sha256};

/// Where a new secret comes from: from chance, or under a key from the token and that key, so that it is the same again.
pub(super) struct SecretSource([u8; 32]);

impl SecretSource {
    pub(super) fn new(random: fn() -> [u8; 32], token: &str, key: Option<RequestKey>) -> Self {
        match key {
            Some(key) => {
                let mut mac = Hmac::<Sha256>::new_from_slice(token.as_bytes()).expect("any key will do");
                mac.update(b"hongbao secret of an operation\0");
                mac.update(key.as_str().as_bytes());
                Self(mac.finalize().into_bytes().into())
            }
            None => Self(random()),
        }
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
