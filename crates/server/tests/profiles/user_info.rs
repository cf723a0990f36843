//! `im/user_info`.

use std::time::Duration;

use hongbao_domain::profile::{PortraitUri, Profile, ProfileChange};
use hongbao_ports::CloudUsers;
use hongbao_sandbox::{FaultRule, Unverified};
use hongbao_testkit::{alice, server::Answer};
use serde_json::json;

use crate::{
    faults::{DEFINITE, EXECUTED, NOT_EXECUTED},
    fixture::{Fixture, GET_TOKEN, INFO},
};

const NOTHING: &[(&str, &str)] = &[];

async fn introduce(fixture: &Fixture, name: &str) {
    let profile = Profile { user: alice(), name: name.parse().unwrap(), portrait_uri: PortraitUri::default() };
    fixture.process.ports.profiles.introduce(&profile).await.unwrap();
}

/// Changes the name at the cloud behind our back.
async fn rename_at_cloud(fixture: &Fixture, name: &str) {
    let change = ProfileChange { name: name.parse().ok(), portrait_uri: "http://a/2.png".parse().ok() };
    fixture.process.cloud.refresh(alice(), &change, Duration::ZERO).await.unwrap();
}

#[tokio::test]
async fn a_user_is_registered_the_first_time_and_shown_as_the_cloud_holds_it() {
    let fixture = Fixture::start().await;
    introduce(&fixture, "Alice").await;

    for _ in 0..2 {
        let data = fixture.done("user_info", NOTHING).await;
        assert_eq!(data, json!({ "user_id": "alice", "name": "Alice", "portraitUri": "" }));
    }

    assert_eq!((fixture.asked(GET_TOKEN), fixture.asked(INFO)), (1, 2));
    assert_eq!(Answer::of(fixture.get("alice", "user_info")).await.body["data"]["name"], "Alice");
}

#[tokio::test]
async fn only_who_is_logged_in_is_shown() {
    let fixture = Fixture::start().await;
    for user in ["nobody", "dave"] {
        assert_eq!(Answer::of(fixture.post(user, "user_info")).await.all_numbers(), (200, 2, "not_logged_in"));
    }
}

#[tokio::test]
async fn the_cloud_is_right_and_our_copy_follows() {
    let fixture = Fixture::start().await;
    introduce(&fixture, "Alice").await;
    fixture.done("user_info", NOTHING).await;

    rename_at_cloud(&fixture, "张三").await;

    let data = fixture.done("user_info", NOTHING).await;
    assert_eq!(data, json!({ "user_id": "alice", "name": "张三", "portraitUri": "http://a/2.png" }));
    let copy = fixture.copy().await;
    assert_eq!((copy.profile.name.as_str(), copy.is_stale), ("张三", false));
}

#[tokio::test]
async fn a_long_name_is_whole_while_the_cloud_holds_its_beginning() {
    let fixture = Fixture::start().await;
    let whole = "😀".repeat(255);
    introduce(&fixture, &whole).await;
    assert_eq!(fixture.done("user_info", NOTHING).await["name"], whole);
    assert_eq!(fixture.name_at_cloud(), Some("😀".repeat(64)));

    rename_at_cloud(&fixture, "😀").await;
    assert_eq!(fixture.done("user_info", NOTHING).await["name"], "😀");
}

#[tokio::test]
async fn a_user_whom_the_cloud_has_forgotten_is_registered_again() {
    let fixture = Fixture::start().await;
    introduce(&fixture, "Alice").await;
    fixture.done("user_info", NOTHING).await;
    for http_status in [200, 400, 404] {
        let again = fixture.again("app", "secret").await;
        again.outside.sandbox.assume(Unverified { unknown_user_http_status: http_status, ..Unverified::default() });
        assert_eq!(again.done("user_info", NOTHING).await["name"], "Alice", "{http_status}");
        assert_eq!((again.asked(GET_TOKEN), again.asked(INFO)), (1, 2));
    }
}

#[tokio::test]
async fn a_cloud_that_fails_is_status_3() {
    let fixture = Fixture::impatient().await;
    introduce(&fixture, "Alice").await;
    for path in [GET_TOKEN, INFO] {
        for (faults, code) in
            [(&DEFINITE[..], "im_cloud_rejected"), (&NOT_EXECUTED, "im_cloud_unknown"), (&EXECUTED, "im_cloud_unknown")]
        {
            for fault in faults {
                fixture.fail(path, *fault);
                let failed = fixture.send("user_info", NOTHING).await;
                assert_eq!(failed.cloud_failure(), (code, true), "{path} {fault:?}");
            }
        }
        fixture.outside.sandbox.clear_faults();
        assert_eq!(fixture.done("user_info", NOTHING).await["name"], "Alice");
    }
}

#[tokio::test]
async fn a_fault_that_passes_is_survived() {
    let fixture = Fixture::impatient().await;
    introduce(&fixture, "Alice").await;
    for fault in NOT_EXECUTED.into_iter().chain(EXECUTED) {
        fixture.outside.sandbox.arm(FaultRule::new(INFO, fault));
        assert_eq!(fixture.done("user_info", NOTHING).await["name"], "Alice", "{fault:?}");
    }
}
