//! The documented rate limits, on request.

use reqwest::Method;
use time::{Duration, OffsetDateTime};

use crate::stand::{GET_TOKEN, INFO, PRIVATE, SYSTEM, Stand};

const NOON: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

fn ids(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("u{n}")).collect()
}

/// Sends a message to so many users, and gives the HTTP status.
async fn send_to(stand: &Stand, path: &str, receivers: usize) -> u16 {
    let ids = ids(receivers);
    let letter = [("fromUserId", "alice"), ("objectName", "HB:Test"), ("content", "{}")];
    let form: Vec<_> = letter.into_iter().chain(ids.iter().map(|id| ("toUserId", id.as_str()))).collect();
    stand.post(path, &form).await.status
}

fn strict() -> Stand {
    let stand = Stand::start();
    stand.sandbox.set_time(NOON);
    stand.sandbox.enforce_quotas(true);
    stand
}

#[tokio::test]
async fn there_are_no_quotas_unless_they_are_asked_for() {
    let stand = Stand::start();
    stand.sandbox.set_time(NOON);

    for _ in 0..201 {
        assert_eq!(stand.post(GET_TOKEN, &[("userId", "alice")]).await.status, 200);
    }
}

#[tokio::test]
async fn the_201st_token_within_a_second_is_1008_and_the_next_second_is_free() {
    let stand = strict();
    for _ in 0..200 {
        assert_eq!(stand.post(GET_TOKEN, &[("userId", "alice")]).await.status, 200);
    }

    stand.post(GET_TOKEN, &[("userId", "bob")]).await.assert_refused(429, 1008);
    assert_eq!(stand.sandbox.user("bob"), None);

    stand.sandbox.set_time(NOON + Duration::SECOND);
    assert_eq!(stand.post(GET_TOKEN, &[("userId", "bob")]).await.status, 200);
}

#[tokio::test]
async fn most_paths_take_100_calls_a_second() {
    let stand = strict();
    for _ in 0..100 {
        assert_eq!(stand.post(INFO, &[("userId", "alice")]).await.json()["code"], 400);
    }

    stand.post(INFO, &[("userId", "alice")]).await.assert_refused(429, 1008);
}

#[tokio::test]
async fn private_messages_are_counted_by_receiver_6000_a_minute() {
    let stand = strict();
    let mut statuses = Vec::new();

    for receivers in [1_000, 1_000, 1_000, 1_000, 1_000, 999, 2, 1, 1] {
        statuses.push(send_to(&stand, PRIVATE, receivers).await);
    }
    stand.sandbox.set_time(NOON + Duration::MINUTE);
    statuses.push(send_to(&stand, PRIVATE, 1_000).await);

    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 429, 200, 429, 200]);
}

#[tokio::test]
async fn system_messages_are_counted_by_receiver_100_a_second() {
    let stand = strict();

    assert_eq!([send_to(&stand, SYSTEM, 100).await, send_to(&stand, SYSTEM, 1).await], [200, 429]);
}

#[tokio::test]
async fn group_messages_are_counted_by_group_20_a_second() {
    let stand = strict();
    let letter = [("fromUserId", "alice"), ("objectName", "HB:Test"), ("content", "{}")];
    let three: Vec<_> = letter.into_iter().chain(["g1", "g2", "g3"].map(|id| ("toGroupId", id))).collect();
    let mut statuses = Vec::new();

    for _ in 0..7 {
        statuses.push(stand.post("/message/group/publish.json", &three).await.status);
    }
    statuses.push(stand.publish_to("g1", "{}").await.status);

    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 429, 200]);
}

#[tokio::test]
async fn a_badly_signed_call_uses_up_nothing() {
    let stand = strict();
    for _ in 0..100 {
        stand.send(Method::POST, INFO, &[("App-Key", "another")], "userId=alice").await.assert_refused(400, 1002);
    }

    assert_eq!(stand.post(INFO, &[("userId", "alice")]).await.json()["code"], 400);
}

#[tokio::test]
async fn quotas_are_enforced_and_lifted_over_the_control_api() {
    let stand = Stand::start();
    stand.sandbox.set_time(NOON);

    assert_eq!(stand.control(Method::POST, "/sandbox/quotas", "").await.status, 204);
    assert_eq!([send_to(&stand, SYSTEM, 100).await, send_to(&stand, SYSTEM, 1).await], [200, 429]);
    assert_eq!(stand.control(Method::DELETE, "/sandbox/quotas", "").await.status, 204);
    assert_eq!(send_to(&stand, SYSTEM, 1).await, 200);
}
