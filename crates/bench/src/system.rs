//! The machine's clock and random bits.

use std::time::{SystemTime, UNIX_EPOCH};

use hongbao_domain::time::Timestamp;
use hongbao_ports::{Clock, Ids};
use uuid::Uuid;

/// The machine.
pub(crate) struct System;

/// Makes a UUID of version 7.
#[expect(clippy::disallowed_methods, reason = "this is where the yardsticks get their ids")]
pub(crate) fn fresh() -> Uuid {
    Uuid::now_v7()
}

impl Clock for System {
    #[expect(clippy::disallowed_methods, reason = "this is where the yardsticks get their time")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

impl Ids for System {
    fn fresh(&self) -> u128 {
        fresh().as_u128()
    }
}
