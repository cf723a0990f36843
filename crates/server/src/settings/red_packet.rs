//! The section `red_packet`.

use std::time::Duration;

use hongbao_app::Timing;
use serde::{Deserialize, Serialize};

use super::HumanDuration;

/// Red packets.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct RedPacket {
    /// For how long a packet can be claimed.
    pub expires_in: HumanDuration,
    /// For how long a request is trusted to finish before others undo it.
    pub lease: HumanDuration,
    /// How often what others left behind is looked for.
    pub clean_up_interval: HumanDuration,
}

impl Default for RedPacket {
    fn default() -> Self {
        Self {
            expires_in: HumanDuration(Duration::from_hours(24)),
            lease: HumanDuration(Timing::default().lease),
            clean_up_interval: HumanDuration(Timing::default().clean_up_interval),
        }
    }
}
