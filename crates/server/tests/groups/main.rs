//! Groups through the HTTP app, over SQLite and the sandbox.

mod fixture;

use fixture::{at_cloud, create, discarded, group, hold_the_store, inject, join, members, pass_minutes, reconcile};
use hongbao_sandbox::{InjectedFault, When};
use serde_json::json;

const CREATE: &str = "/group/create.json";
const JOIN: &str = "/group/join.json";

fn code(answer: &fixture::Answer) -> (u64, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_created_and_joined() {
    let fixture = fixture::start().await;
    let (status, data) = create(&fixture).await;
    assert_eq!(status, 0, "{data}");
    let group = data["group_id"].as_str().unwrap();
    assert_eq!(group.len(), 22);
    assert!(data["created_at"].as_str().unwrap().ends_with('Z'));
    let mut rest = data.clone();
    rest.as_object_mut().unwrap().retain(|key, _| key != "group_id" && key != "created_at");
    assert_eq!(rest, json!({ "group_name": "好友", "memo": "爬山", "owner_id": "alice" }));

    let joined = join(&fixture, "bob", group).await;
    assert_eq!(joined, (0, json!({ "group_id": group, "group_name": "好友", "member_count": 2 })));
    assert_eq!(at_cloud(&fixture, group), ["alice", "bob"]);
    assert_eq!(members(&fixture, group).await, ["alice", "bob"]);
    for member in ["alice", "bob"] {
        assert_eq!(code(&join(&fixture, member, group).await), (5, "already_member"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_name_is_kept_whole_and_cut_for_the_cloud() {
    let fixture = fixture::start().await;
    let name = "群".repeat(255);
    let (status, data) = fixture.call("alice", "group_create", &[("group_name", &name)]).await;
    assert_eq!((status, data["group_name"].as_str(), data["memo"].as_str()), (0, Some(name.as_str()), Some("")));
    let group = fixture.outside.sandbox.group(data["group_id"].as_str().unwrap()).unwrap();
    assert_eq!(group.name, "群".repeat(64));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_of_a_request_has_its_number() {
    let fixture = fixture::start().await;
    let (long, memo) = ("群".repeat(256), "备".repeat(256));
    let create = async |fields: &[(&str, &str)]| fixture.call("alice", "group_create", fields).await;
    assert_eq!(code(&create(&[]).await), (1, "group_name_missing"));
    assert_eq!(code(&create(&[("group_name", "")]).await), (1, "group_name_missing"));
    assert_eq!(code(&create(&[("group_name", &long)]).await), (1, "group_name_malformed"));
    assert_eq!(code(&create(&[("group_name", "好友"), ("memo", &memo)]).await), (100, "invalid_request"));
    assert_eq!(code(&fixture.call("mallory", "group_create", &[]).await), (2, "not_logged_in"));

    assert_eq!(code(&fixture.call("bob", "group_join", &[]).await), (1, "group_id_missing"));
    assert_eq!(code(&join(&fixture, "bob", "a.b").await), (1, "group_id_malformed"));
    assert_eq!(code(&join(&fixture, "bob", &"g".repeat(26)).await), (1, "group_id_malformed"));
    assert_eq!(code(&join(&fixture, "bob", "0000000000000000000007").await), (4, "group_not_found"));
    assert_eq!(code(&join(&fixture, "bob", "no-such-group").await), (4, "group_not_found"));
    assert_eq!(code(&join(&fixture, "mallory", "a.b").await), (2, "not_logged_in"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_away_is_the_contracts_database_error_only_once_the_session_is_known() {
    let fixture = fixture::start().await;
    let group = group(&fixture).await;
    let other = hold_the_store(&fixture).await;
    let (status, data) = create(&fixture).await;
    assert_eq!((status, &data["code"], &data["retryable"]), (4, &json!("database_unavailable"), &json!(true)));
    assert_eq!(code(&join(&fixture, "bob", &group).await), (121, "unavailable"));
    assert_eq!(
        fixture.outside.sandbox.requests(Some(CREATE)).len(),
        1,
        "the cloud is not asked for what cannot be prepared"
    );
    drop(other);
    assert_eq!(join(&fixture, "bob", &group).await.0, 0);

    fixture.process.store.close().await;
    assert_eq!(code(&create(&fixture).await), (121, "unavailable"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_cloud_does_status_3_leaves_nothing_on_either_side() {
    let faults = [
        (InjectedFault::Reject, "im_cloud_rejected"),
        (InjectedFault::RateLimit, "im_cloud_rejected"),
        (InjectedFault::ServerError(When::Before), "im_cloud_unknown"),
        (InjectedFault::ServerError(When::After), "im_cloud_unknown"),
        (InjectedFault::ServerError(When::Later), "im_cloud_unknown"),
        (InjectedFault::Reset(When::Later), "im_cloud_unknown"),
        (InjectedFault::Timeout(When::After), "im_cloud_unknown"),
        (InjectedFault::Timeout(When::Later), "im_cloud_unknown"),
        (InjectedFault::Garbage(When::After), "im_cloud_unknown"),
    ];
    let fixture = fixture::start().await;
    for (fault, name) in faults {
        // The adapter repeats calls whose outcome is unknown, so that all of its tries must fail.
        for _ in 0..3 {
            inject(&fixture, CREATE, fault);
        }
        assert_eq!(code(&create(&fixture).await), (3, name), "{fault:?}");
        fixture.outside.sandbox.clear_faults();
        let group = group(&fixture).await;
        for _ in 0..3 {
            inject(&fixture, JOIN, fault);
        }
        assert_eq!(code(&join(&fixture, "bob", &group).await), (3, name), "{fault:?}");
        fixture.outside.sandbox.clear_faults();
        reconcile(&fixture).await;
        fixture.outside.sandbox.release_late();
        fixture.outside.clock.advance(fixture::PAUSE);
        pass_minutes(&fixture).await;

        assert_eq!(members(&fixture, &group).await, ["alice"], "{fault:?}");
        assert_eq!(at_cloud(&fixture, &group), ["alice"], "{fault:?}");
        for ghost in discarded(&fixture).await {
            assert_eq!(at_cloud(&fixture, &ghost), [""; 0], "{fault:?}");
        }
        assert_eq!(join(&fixture, "bob", &group).await.0, 0, "a retry is safe: {fault:?}");
        assert_eq!(at_cloud(&fixture, &group), ["alice", "bob"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_and_a_late_join_cross_and_the_member_stays() {
    let fixture = fixture::start().await;
    let group = group(&fixture).await;
    for _ in 0..3 {
        inject(&fixture, JOIN, InjectedFault::ServerError(When::Later));
    }
    assert_eq!(join(&fixture, "bob", &group).await.0, 3);
    fixture.outside.sandbox.clear_faults();
    assert_eq!(join(&fixture, "bob", &group).await.0, 0);
    fixture.outside.sandbox.release_late();
    pass_minutes(&fixture).await;
    assert_eq!((members(&fixture, &group).await, at_cloud(&fixture, &group)), (names(), names()));
}

fn names() -> Vec<String> {
    vec!["alice".to_owned(), "bob".to_owned()]
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_joins_at_once_one_is_0_and_the_other_5() {
    let fixture = fixture::start().await;
    for _ in 0..10 {
        let group = group(&fixture).await;
        let (first, second) = tokio::join!(join(&fixture, "bob", &group), join(&fixture, "bob", &group));
        let mut statuses = [first.0, second.0];
        statuses.sort_unstable();
        assert_eq!(statuses, [0, 5]);
    }
}
