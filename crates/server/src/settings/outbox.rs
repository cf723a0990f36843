//! The sections `outbox` and `webhook`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::HumanDuration;

/// What the outside is told.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Outbox {
    /// How often it is looked for something to deliver.
    pub interval: HumanDuration,
}

impl Default for Outbox {
    fn default() -> Self {
        Self { interval: HumanDuration(Duration::from_secs(1)) }
    }
}

/// Endpoints of the app's backend.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Webhook {
    /// How long one call may take.
    pub timeout: HumanDuration,
    /// Whether endpoints may be in a private network, and be called without TLS.
    pub allow_private_targets: bool,
}

impl Default for Webhook {
    fn default() -> Self {
        let hongbao_webhooks::Settings { timeout, allow_private } = hongbao_webhooks::Settings::default();
        Self { timeout: HumanDuration(timeout), allow_private_targets: allow_private }
    }
}
