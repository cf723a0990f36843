//! The section `friend`.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

/// Friends.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Friend {
    /// How many friends a user may have.
    pub max: NonZeroU32,
}

impl Default for Friend {
    fn default() -> Self {
        const MAX: NonZeroU32 = NonZeroU32::new(5_000).expect("it is not zero");
        Self { max: MAX }
    }
}
