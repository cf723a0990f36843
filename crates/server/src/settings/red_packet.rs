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
    /// What a claim has to do with the notice to the sender.
    pub opened_notice: OpenedNotice,
    /// Whether the sender is told that a packet went back at its expiry.
    pub refunded_notice: bool,
}

/// What a claim has to do with the notice to the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OpenedNotice {
    /// There is no claim without it.
    Required,
    /// It is delivered in the background, so that packets can be claimed while the cloud is away.
    Deferred,
    /// The sender is not told.
    Off,
}

impl Default for RedPacket {
    fn default() -> Self {
        Self {
            expires_in: HumanDuration(Duration::from_hours(24)),
            lease: HumanDuration(Timing::default().lease),
            clean_up_interval: HumanDuration(Timing::default().clean_up_interval),
            opened_notice: OpenedNotice::Required,
            refunded_notice: true,
        }
    }
}
