//! The documented rate limits, on request.

use reqwest::Method;
use time::{Duration, OffsetDateTime};

use crate::test_sandbox::{GET_TOKEN, INFO, PRIVATE, SYSTEM, TestSandbox};

const NOON: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

fn ids(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("u{n}")).collect()
}

/// Sends a message to so many users, and gives the HTTP status.
async fn send_to(sandbox: &TestSandbox, path: &str, receivers: usize) -> u16 {
    let ids = ids(receivers);
    let letter = [("fromUserId", "alice"), ("objectName", "HB:Test"), ("content", "{}")];
    let form: Vec<_> = letter.into_iter().chain(ids.iter().map(|id| ("toUserId", id.as_str()))).collect();
    sandbox.post(path, &form).await.status
}

fn strict() -> TestSandbox {
    let sandbox = TestSandbox::start();
    sandbox.sandbox.set_time(NOON);
    sandbox.sandbox.enforce_quotas(true);
    sandbox
}

#[tokio::test]
async fn there_are_no_quotas_unless_they_are_asked_for() {
    let sandbox = TestSandbox::start();
    sandbox.sandbox.set_time(NOON);

    for _ in 0..201 {
        assert_eq!(sandbox.post(GET_TOKEN, &[("userId", "alice")]).await.status, 200);
    }
}

#[tokio::test]
async fn the_201st_token_within_a_second_is_1008_and_the_next_second_is_free() {
    let sandbox = strict();
    for _ in 0..200 {
        assert_eq!(sandbox.post(GET_TOKEN, &[("userId", "alice")]).await.status, 200);
    }

    sandbox.post(GET_TOKEN, &[("userId", "bob")]).await.assert_refused(429, 1008);
    assert_eq!(sandbox.sandbox.user("bob"), None);

    sandbox.sandbox.set_time(NOON + Duration::SECOND);
    assert_eq!(sandbox.post(GET_TOKEN, &[("userId", "bob")]).await.status, 200);
}

#[tokio::test]
async fn most_paths_take_100_calls_a_second() {
    let sandbox = strict();
    for _ in 0..100 {
        assert_eq!(sandbox.post(INFO, &[("userId", "alice")]).await.json()["code"], 400);
    }

    sandbox.post(INFO, &[("userId", "alice")]).await.assert_refused(429, 1008);
}

#[tokio::test]
async fn private_messages_are_counted_by_receiver_6000_a_minute() {
    let sandbox = strict();
    let mut statuses = Vec::new();

    for receivers in [1_000, 1_000, 1_000, 1_000, 1_000, 999, 2, 1, 1] {
        statuses.push(send_to(&sandbox, PRIVATE, receivers).await);
    }
    sandbox.sandbox.set_time(NOON + Duration::MINUTE);
    statuses.push(send_to(&sandbox, PRIVATE, 1_000).await);

    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 429, 200, 429, 200]);
}

#[tokio::test]
async fn system_messages_are_counted_by_receiver_100_a_second() {
    let sandbox = strict();

    assert_eq!([send_to(&sandbox, SYSTEM, 100).await, send_to(&sandbox, SYSTEM, 1).await], [200, 429]);
}

#[tokio::test]
async fn group_messages_are_counted_by_group_20_a_second() {
    let sandbox = strict();
    let letter = [("fromUserId", "alice"), ("objectName", "HB:Test"), ("content", "{}")];
    let three: Vec<_> = letter.into_iter().chain(["g1", "g2", "g3"].map(|id| ("toGroupId", id))).collect();
    let mut statuses = Vec::new();

    for _ in 0..7 {
        statuses.push(sandbox.post("/message/group/publish.json", &three).await.status);
    }
    statuses.push(sandbox.publish_to("g1", "{}").await.status);

    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 429, 200]);
}

#[tokio::test]
async fn a_badly_signed_call_uses_up_nothing() {
    let sandbox = strict();
    for _ in 0..100 {
        sandbox.send(Method::POST, INFO, &[("App-Key", "another")], "userId=alice").await.assert_refused(400, 1002);
    }

    assert_eq!(sandbox.post(INFO, &[("userId", "alice")]).await.json()["code"], 400);
}

#[tokio::test]
async fn quotas_are_enforced_and_lifted_over_the_control_api() {
    let sandbox = TestSandbox::start();
    sandbox.sandbox.set_time(NOON);

    assert_eq!(sandbox.control(Method::POST, "/sandbox/quotas", "").await.status, 204);
    assert_eq!([send_to(&sandbox, SYSTEM, 100).await, send_to(&sandbox, SYSTEM, 1).await], [200, 429]);
    assert_eq!(sandbox.control(Method::DELETE, "/sandbox/quotas", "").await.status, 204);
    assert_eq!(send_to(&sandbox, SYSTEM, 1).await, 200);
}
