//! An adapter that is set up to talk to clouds of a test, and a notice to send.
#![expect(clippy::unwrap_used, reason = "a fixture that cannot be set up fails the test that wants it")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use hongbao_domain::{
    id::{EventId, TransferId},
    im_cloud::CloudRefusal,
    time::Timestamp,
};
use hongbao_ports::{Clock, Ids, ImCloud, Notice, NoticeKind, Turn};
use hongbao_rongcloud::{RongCloud, Settings};

pub(crate) const APP_KEY: &str = "testAppKey";
pub(crate) const APP_SECRET: &str = "testAppSecret";

/// Patient settings: a busy machine must not look like a slow cloud.
pub(crate) fn settings(base_url: String, backup_url: Option<String>) -> Settings {
    Settings {
        base_url,
        backup_url,
        connect_timeout: Duration::from_secs(10),
        attempt_timeout: Duration::from_secs(20),
        timeout: Duration::from_mins(1),
        private_messages_per_minute: None,
        ..Settings::for_app(APP_KEY.to_owned(), APP_SECRET.into())
    }
}

/// Settings for a cloud that lets us wait.
pub(crate) fn impatient(base_url: String, backup_url: Option<String>) -> Settings {
    Settings {
        connect_timeout: Duration::from_millis(100),
        attempt_timeout: Duration::from_millis(300),
        ..settings(base_url, backup_url)
    }
}

pub(crate) fn adapter(settings: &Settings) -> RongCloud {
    RongCloud::try_new(settings, Arc::new(FixedClock), Arc::new(Counter::default())).unwrap()
}

/// Sends a notice through an adapter that is made for it.
pub(crate) async fn notify(settings: &Settings) -> Result<(), CloudRefusal> {
    adapter(settings).notify(Turn::grant(), &notice()).await
}

/// Alice tells Bob of a packet.
pub(crate) fn notice() -> Notice {
    Notice {
        event: EventId::from_u128(0xe),
        packet: TransferId::from_u128(0xf),
        from: "alice".parse().unwrap(),
        to: "bob".parse().unwrap(),
        kind: NoticeKind::Published { remark: "恭喜发财 & 1+1=2 \"大吉\"".parse().unwrap() },
    }
}

/// It is always the same moment, a few microseconds after a millisecond.
struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(1_795_392_377_123_456)
    }
}

#[derive(Default)]
struct Counter(AtomicU64);

impl Ids for Counter {
    fn fresh(&self) -> u128 {
        0x0193_0000_0000_7000_8000_0000_0000_0001 + u128::from(self.0.fetch_add(1, Ordering::Relaxed))
    }
}
