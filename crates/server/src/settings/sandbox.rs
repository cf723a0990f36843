//! The section `sandbox`.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::listen::Listen;

/// The sandbox that the demo runs beside the server.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct SandboxSection {
    /// Where it listens.
    pub listen: Listen,
}

impl Default for SandboxSection {
    fn default() -> Self {
        Self { listen: Listen::Address(SocketAddr::from(([127, 0, 0, 1], 9090))) }
    }
}
