//! The one place that asks the machine for the time and for random bits.

use std::time::{SystemTime, UNIX_EPOCH};

use hongbao_domain::time::Timestamp;
use hongbao_ports::{Clock, Ids};
use uuid::Uuid;

/// The machine's clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everybody else is given")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// UUIDs of version 7: in the order of time, and 74 of their bits are random.
pub(crate) struct SystemIds;

/// Gives 32 bytes that cannot be guessed, of which 244 bits are random.
#[expect(clippy::disallowed_methods, reason = "this is the one place for random bits")]
pub(crate) fn random() -> [u8; 32] {
    let [left, right] = [(); 2].map(|()| Uuid::new_v4().into_bytes());
    [left, right].concat().try_into().expect("twice 16 bytes are 32")
}

impl Ids for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "these are the ids that everybody else is given")]
    fn fresh(&self) -> u128 {
        Uuid::now_v7().as_u128()
    }
}
