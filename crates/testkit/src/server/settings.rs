//! How a server is set up.

use std::{num::NonZeroUsize, time::Duration};

use hongbao_app::{OpenedNotice, Timing};
use hongbao_domain::message::ReservedNames;

/// How a server is set up: as the binary's settings, but those that tests are about.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How patient it is with callers and with the cloud.
    pub timing: Timing,
    /// How it speaks to the cloud. Where it is, as which app and how long a call may take is filled in at the start.
    pub cloud: hongbao_rongcloud::Settings,
    /// How long the store waits for another process that writes.
    pub busy_timeout: Duration,
    /// For how long a packet can be claimed.
    pub expires_in: Duration,
    /// What a claim has to do with the notice to the sender.
    pub opened_notice: OpenedNotice,
    /// The time between two checks of a group.
    pub check_pause: Duration,
    /// What no message of a user may be called.
    pub reserved: ReservedNames,
    /// How many threads serve requests.
    pub workers: NonZeroUsize,
}

impl Default for Settings {
    /// The defaults of the parts, a packet's life of a day, and no quota for private messages.
    fn default() -> Self {
        let cloud = hongbao_rongcloud::Settings::for_app(String::new(), "".into());
        Self {
            timing: Timing::default(),
            cloud: hongbao_rongcloud::Settings { private_messages_per_minute: None, ..cloud },
            busy_timeout: Duration::from_secs(5),
            expires_in: Duration::from_hours(24),
            opened_notice: OpenedNotice::Required,
            check_pause: Duration::from_mins(2),
            reserved: ReservedNames::default(),
            workers: NonZeroUsize::MIN,
        }
    }
}
