//! The section `group`.

use serde::{Deserialize, Serialize};

use super::HumanDuration;

/// Groups.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Group {
    /// How often it is looked for what the IM cloud must be made to agree with.
    pub(crate) reconcile_interval: HumanDuration,
    /// How long after a check the next one of the same row is: longer than the IM cloud may take to execute a call.
    pub(crate) check_pause: HumanDuration,
}

impl Default for Group {
    fn default() -> Self {
        Self { reconcile_interval: HumanDuration::seconds(1), check_pause: HumanDuration::seconds(120) }
    }
}
