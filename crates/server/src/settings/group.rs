//! The section `group`.

use serde::{Deserialize, Serialize};

use super::HumanDuration;

/// Groups.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Group {
    /// How often it is looked for what the IM cloud must be made to agree with.
    pub reconcile_interval: HumanDuration,
    /// How long after a check the next one of the same row is: longer than the IM cloud may take to execute a call.
    pub check_pause: HumanDuration,
}

impl Default for Group {
    fn default() -> Self {
        Self { reconcile_interval: HumanDuration::seconds(1), check_pause: HumanDuration::seconds(120) }
    }
}
