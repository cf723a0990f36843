//! Settings that cannot be used.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use hongbao_domain::time::Timestamp;
use hongbao_ports::{Clock, Ids};
use hongbao_rongcloud::{PushTexts, RongCloud, Settings, SettingsError};

/// Time and ids that no caller asks for.
struct Unasked;

impl Clock for Unasked {
    fn now(&self) -> Timestamp {
        unreachable!("nothing is signed")
    }
}

impl Ids for Unasked {
    fn fresh(&self) -> u128 {
        unreachable!("nothing is named")
    }
}

fn good() -> Settings {
    Settings {
        base_url: "http://127.0.0.1:1".to_owned(),
        backup_url: None,
        ..Settings::for_app("key".to_owned(), "open-sesame".into())
    }
}

fn push(red_packet: &str, opened: &str) -> PushTexts {
    PushTexts { red_packet: red_packet.to_owned(), opened: opened.to_owned(), refunded: opened.to_owned() }
}

fn try_new(settings: &Settings) -> Result<RongCloud, SettingsError> {
    RongCloud::try_new(settings, Arc::new(Unasked), Arc::new(Unasked))
}

#[test]
fn good_settings_need_no_cloud_to_be_accepted() {
    assert!(try_new(&good()).is_ok());
}

#[test]
fn the_defaults_are_accepted_where_the_system_has_certificates() {
    assert!(try_new(&Settings::for_app("key".to_owned(), "open-sesame".into())).is_ok());
}

#[test]
fn each_setting_that_cannot_be_used_is_named() {
    let ms = Duration::from_millis;
    let table = [
        (Settings { base_url: "127.0.0.1:1".to_owned(), ..good() }, "base_url must be"),
        (Settings { backup_url: Some("ftp://a".to_owned()), ..good() }, "backup_url must be"),
        (Settings { backup_url: Some("http://127.0.0.1:1/".to_owned()), ..good() }, "backup_url must name another"),
        (Settings { app_key: String::new(), ..good() }, "app_key must be"),
        (Settings { app_key: "a key".to_owned(), ..good() }, "app_key must be"),
        (Settings { app_secret: "".into(), ..good() }, "app_secret must be"),
        (Settings { app_secret: "open-sesame\n".into(), ..good() }, "app_secret must be"),
        (Settings { connect_timeout: Duration::ZERO, ..good() }, "connect_timeout"),
        (Settings { connect_timeout: ms(200), attempt_timeout: ms(200), ..good() }, "connect_timeout"),
        (Settings { timeout: ms(1_999), ..good() }, "connect_timeout"),
        (
            Settings {
                private_messages_per_minute: NonZeroU32::MIN.into(),
                groups_per_second: None,
                replicas: NonZeroU32::MAX,
                ..good()
            },
            "replicas",
        ),
        (Settings { groups_per_second: NonZeroU32::MIN.into(), ..good() }, "groups_per_second must be at least twice"),
        (Settings { notice_prefix: "RC:".to_owned(), ..good() }, "notice_prefix"),
        (Settings { notice_prefix: "x".repeat(18), ..good() }, "notice_prefix"),
        (Settings { push: push("[红包] {remrk}", ""), ..good() }, "push_red_packet"),
        (Settings { push: push("", "{remark} 已领取"), ..good() }, "push_opened"),
    ];
    for (settings, beginning) in table {
        let error = try_new(&settings).unwrap_err();
        assert!(error.to_string().starts_with(beginning), "{error}");
        assert!(!format!("{error} {error:?}").contains("open-sesame"));
    }
}
