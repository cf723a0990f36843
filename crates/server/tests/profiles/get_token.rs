//! `im/get_token`.

use futures_util::future::join_all;
use hongbao_domain::profile::{PortraitUri, Profile};
use hongbao_sandbox::{FaultRule, User};
use hongbao_testkit::{alice, server::Answer};

use crate::{
    faults::{DEFINITE, EXECUTED, NOT_EXECUTED},
    fixture::{Fixture, GET_TOKEN},
};

const NOTHING: &[(&str, &str)] = &[];
const NEW: &[(&str, &str)] = &[("refresh", "1")];

#[tokio::test]
async fn a_token_is_fetched_once_and_then_kept() {
    let fixture = Fixture::start().await;

    let first = fixture.done("get_token", NOTHING).await;

    assert!(first.as_str().is_some_and(|token| !token.is_empty()), "{first}");
    assert_eq!(fixture.done("get_token", NOTHING).await, first);
    assert_eq!(Answer::of(fixture.get("alice", "get_token")).await.body["data"], first);
    assert_eq!(fixture.asked(GET_TOKEN), 1);
}

#[tokio::test]
async fn a_new_token_is_fetched_where_it_is_asked_for_and_takes_the_place_of_the_kept_one() {
    let fixture = Fixture::start().await;
    let first = fixture.done("get_token", NOTHING).await;

    let second = fixture.done("get_token", NEW).await;

    assert_ne!(first, second);
    assert_eq!(fixture.done("get_token", NOTHING).await, second);
    let json = fixture.post("alice", "get_token").header("Content-Type", "application/json").body(r#"{"refresh":1}"#);
    assert_eq!(Answer::of(json).await.all_numbers(), (200, 0, ""));
    assert_eq!(fixture.asked(GET_TOKEN), 3);
}

#[tokio::test]
async fn any_other_wish_is_malformed() {
    let fixture = Fixture::start().await;
    assert_eq!(fixture.send("get_token", &[("refresh", "yes")]).await.parameter(), "refresh");
    assert_eq!(fixture.asked(GET_TOKEN), 0);
}

#[tokio::test]
async fn a_token_is_for_who_is_logged_in() {
    let fixture = Fixture::start().await;
    for user in ["nobody", "dave"] {
        assert_eq!(
            Answer::of(fixture.post(user, "get_token")).await.all_numbers(),
            (200, 2, "not_logged_in"),
            "{user}"
        );
    }
    let (first, second) =
        (Answer::of(fixture.post("alice", "get_token")).await, Answer::of(fixture.post("bob", "get_token")).await);
    assert_ne!(first.body["data"], second.body["data"]);
}

#[tokio::test]
async fn the_first_token_registers_the_user_with_the_beginning_of_the_name() {
    let fixture = Fixture::start().await;
    let profile = Profile {
        user: alice(),
        name: "😀".repeat(255).parse().unwrap(),
        portrait_uri: "http://a/1.png".parse().unwrap(),
    };
    fixture.process.ports.profiles.introduce(&profile).await.unwrap();

    fixture.done("get_token", NOTHING).await;

    let registered = User { name: "😀".repeat(64), portrait_uri: "http://a/1.png".to_owned() };
    assert_eq!(fixture.outside.sandbox.user("alice"), Some(registered));
}

#[tokio::test]
async fn two_first_tokens_at_once_are_both_good() {
    let fixture = Fixture::start().await;

    let answers = join_all((0..8).map(|_| fixture.send("get_token", NOTHING))).await;

    assert!(answers.iter().all(|answer| answer.all_numbers() == (200, 0, "")), "{answers:?}");
    let kept = fixture.done("get_token", NOTHING).await;
    assert!(answers.iter().any(|answer| answer.body["data"] == kept));
    assert!(!fixture.copy().await.is_stale);
}

#[tokio::test]
async fn a_new_secret_or_another_app_fetches_anew() {
    let fixture = Fixture::start().await;
    let first = fixture.done("get_token", NOTHING).await;

    for (app_key, secret) in [("app", "another-secret"), ("another", "secret"), ("another", "another-secret")] {
        let again = fixture.again(app_key, secret).await;
        assert_ne!(again.done("get_token", NOTHING).await, first);
        assert_eq!(again.asked(GET_TOKEN), 1, "{app_key}, {secret}");
    }
    // What is known of one app survives what was learnt of another.
    let same = fixture.again("another", "another-secret").await;
    same.done("get_token", NOTHING).await;
    assert_eq!(same.asked(GET_TOKEN), 0);
}

#[tokio::test]
async fn a_cloud_that_fails_is_status_3_and_nothing_is_kept() {
    let fixture = Fixture::impatient().await;
    for (faults, code) in
        [(&DEFINITE[..], "im_cloud_rejected"), (&NOT_EXECUTED, "im_cloud_unknown"), (&EXECUTED, "im_cloud_unknown")]
    {
        for fault in faults {
            fixture.fail(GET_TOKEN, *fault);
            let failed = fixture.send("get_token", NOTHING).await;
            assert_eq!(failed.cloud_failure(), (code, true), "{fault:?}");
        }
    }
    fixture.outside.sandbox.clear_faults();
    fixture.done("get_token", NOTHING).await;
}

#[tokio::test]
async fn a_fault_that_passes_is_survived() {
    let fixture = Fixture::impatient().await;
    for fault in NOT_EXECUTED.into_iter().chain(EXECUTED) {
        fixture.outside.sandbox.arm(FaultRule::new(GET_TOKEN, fault));
        fixture.done("get_token", NEW).await;
    }
}

#[tokio::test]
async fn a_kept_token_needs_no_cloud() {
    let fixture = Fixture::impatient().await;
    let first = fixture.done("get_token", NOTHING).await;
    for fault in DEFINITE.into_iter().chain(NOT_EXECUTED) {
        fixture.fail(GET_TOKEN, fault);
        assert_eq!(fixture.done("get_token", NOTHING).await, first);
    }
}

#[tokio::test]
async fn who_would_have_to_wait_too_long_for_a_turn_is_told_so() {
    let fixture = Fixture::with(|cloud| cloud.get_token_per_second = std::num::NonZeroU32::new(1)).await;

    let answers = join_all((0..16).map(|_| fixture.send("get_token", NEW))).await;

    let busy: Vec<_> = answers.iter().filter(|answer| answer.all_numbers().1 != 0).collect();
    assert!(!busy.is_empty() && busy.len() < 16, "{answers:?}");
    assert!(busy.iter().all(|answer| answer.cloud_failure() == ("im_cloud_busy", true)), "{busy:?}");
}

#[tokio::test]
async fn whoever_has_no_name_is_registered_without_one() {
    let fixture = Fixture::start().await;
    fixture.done("get_token", NOTHING).await;
    let nothing = User { name: String::new(), portrait_uri: PortraitUri::default().to_string() };
    assert_eq!(fixture.outside.sandbox.user("alice"), Some(nothing));
}
