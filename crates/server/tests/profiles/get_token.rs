//! `im/get_token`.

use futures_util::future::join_all;
use hongbao_domain::profile::{PortraitUri, Profile};
use hongbao_sandbox::{FaultRule, User};
use hongbao_testkit::{alice, server::Answer};

use crate::{
    faults::{DEFINITE, EXECUTED, NOT_EXECUTED},
    stack::{GET_TOKEN, Stack},
};

const NOTHING: &[(&str, &str)] = &[];
const NEW: &[(&str, &str)] = &[("refresh", "1")];

#[tokio::test]
async fn a_token_is_fetched_once_and_then_kept() {
    let stack = Stack::start().await;

    let first = stack.done("get_token", NOTHING).await;

    assert!(first.as_str().is_some_and(|token| !token.is_empty()), "{first}");
    assert_eq!(stack.done("get_token", NOTHING).await, first);
    assert_eq!(Answer::of(stack.get("alice", "get_token")).await.body["data"], first);
    assert_eq!(stack.asked(GET_TOKEN), 1);
}

#[tokio::test]
async fn a_new_token_is_fetched_where_it_is_asked_for_and_takes_the_place_of_the_kept_one() {
    let stack = Stack::start().await;
    let first = stack.done("get_token", NOTHING).await;

    let second = stack.done("get_token", NEW).await;

    assert_ne!(first, second);
    assert_eq!(stack.done("get_token", NOTHING).await, second);
    let json = stack.post("alice", "get_token").header("Content-Type", "application/json").body(r#"{"refresh":1}"#);
    assert_eq!(Answer::of(json).await.all_numbers(), (200, 0, ""));
    assert_eq!(stack.asked(GET_TOKEN), 3);
}

#[tokio::test]
async fn any_other_wish_is_malformed() {
    let stack = Stack::start().await;
    assert_eq!(stack.send("get_token", &[("refresh", "yes")]).await.parameter(), "refresh");
    assert_eq!(stack.asked(GET_TOKEN), 0);
}

#[tokio::test]
async fn a_token_is_for_who_is_logged_in() {
    let stack = Stack::start().await;
    for user in ["nobody", "dave"] {
        assert_eq!(Answer::of(stack.post(user, "get_token")).await.all_numbers(), (200, 2, "not_logged_in"), "{user}");
    }
    let (first, second) =
        (Answer::of(stack.post("alice", "get_token")).await, Answer::of(stack.post("bob", "get_token")).await);
    assert_ne!(first.body["data"], second.body["data"]);
}

#[tokio::test]
async fn the_first_token_registers_the_user_with_the_beginning_of_the_name() {
    let stack = Stack::start().await;
    let profile = Profile {
        user: alice(),
        name: "😀".repeat(255).parse().unwrap(),
        portrait_uri: "http://a/1.png".parse().unwrap(),
    };
    stack.process.ports.profiles.introduce(&profile).await.unwrap();

    stack.done("get_token", NOTHING).await;

    let registered = User { name: "😀".repeat(64), portrait_uri: "http://a/1.png".to_owned() };
    assert_eq!(stack.outside.sandbox.user("alice"), Some(registered));
}

#[tokio::test]
async fn two_first_tokens_at_once_are_both_good() {
    let stack = Stack::start().await;

    let answers = join_all((0..8).map(|_| stack.send("get_token", NOTHING))).await;

    assert!(answers.iter().all(|answer| answer.all_numbers() == (200, 0, "")), "{answers:?}");
    let kept = stack.done("get_token", NOTHING).await;
    assert!(answers.iter().any(|answer| answer.body["data"] == kept));
    assert!(!stack.copy().await.is_stale);
}

#[tokio::test]
async fn a_new_secret_or_another_app_fetches_anew() {
    let stack = Stack::start().await;
    let first = stack.done("get_token", NOTHING).await;

    for (app_key, secret) in [("app", "another-secret"), ("another", "secret"), ("another", "another-secret")] {
        let again = stack.again(app_key, secret).await;
        assert_ne!(again.done("get_token", NOTHING).await, first);
        assert_eq!(again.asked(GET_TOKEN), 1, "{app_key}, {secret}");
    }
    // What is known of one app survives what was learnt of another.
    let same = stack.again("another", "another-secret").await;
    same.done("get_token", NOTHING).await;
    assert_eq!(same.asked(GET_TOKEN), 0);
}

#[tokio::test]
async fn a_cloud_that_fails_is_status_3_and_nothing_is_kept() {
    let stack = Stack::impatient().await;
    for (faults, code) in
        [(&DEFINITE[..], "im_cloud_rejected"), (&NOT_EXECUTED, "im_cloud_unknown"), (&EXECUTED, "im_cloud_unknown")]
    {
        for fault in faults {
            stack.fail(GET_TOKEN, *fault);
            let failed = stack.send("get_token", NOTHING).await;
            assert_eq!(failed.cloud_failure(), (code, true), "{fault:?}");
        }
    }
    stack.outside.sandbox.clear_faults();
    stack.done("get_token", NOTHING).await;
}

#[tokio::test]
async fn a_fault_that_passes_is_survived() {
    let stack = Stack::impatient().await;
    for fault in NOT_EXECUTED.into_iter().chain(EXECUTED) {
        stack.outside.sandbox.arm(FaultRule::new(GET_TOKEN, fault));
        stack.done("get_token", NEW).await;
    }
}

#[tokio::test]
async fn a_kept_token_needs_no_cloud() {
    let stack = Stack::impatient().await;
    let first = stack.done("get_token", NOTHING).await;
    for fault in DEFINITE.into_iter().chain(NOT_EXECUTED) {
        stack.fail(GET_TOKEN, fault);
        assert_eq!(stack.done("get_token", NOTHING).await, first);
    }
}

#[tokio::test]
async fn who_would_have_to_wait_too_long_for_a_turn_is_told_so() {
    let stack = Stack::with(|cloud| cloud.get_token_per_second = std::num::NonZeroU32::new(1)).await;

    let answers = join_all((0..16).map(|_| stack.send("get_token", NEW))).await;

    let busy: Vec<_> = answers.iter().filter(|answer| answer.all_numbers().1 != 0).collect();
    assert!(!busy.is_empty() && busy.len() < 16, "{answers:?}");
    assert!(busy.iter().all(|answer| answer.cloud_failure() == ("im_cloud_busy", true)), "{busy:?}");
}

#[tokio::test]
async fn whoever_has_no_name_is_registered_without_one() {
    let stack = Stack::start().await;
    stack.done("get_token", NOTHING).await;
    let nothing = User { name: String::new(), portrait_uri: PortraitUri::default().to_string() };
    assert_eq!(stack.outside.sandbox.user("alice"), Some(nothing));
}
