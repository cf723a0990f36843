//! Clients that a test plays, `POST /user/checkOnline.json` and `/user/token/expire.json`.

use reqwest::Method;
use serde_json::json;
use time::{Duration, OffsetDateTime};

use crate::test_sandbox::{BLACKLIST_ADD, CHECK_ONLINE, EXPIRE_TOKENS, GET_TOKEN, TestSandbox};

const BOB: (&str, &str) = ("userId", "bob");

#[tokio::test]
async fn a_user_is_online_while_a_client_is_connected() {
    let sandbox = TestSandbox::start();
    let status = async || sandbox.post(CHECK_ONLINE, &[BOB]).await.json();
    assert_eq!(status().await, json!({ "code": 200, "status": "0" }));

    sandbox.go_online("bob").await;
    assert_eq!(status().await, json!({ "code": 200, "status": "1" }));
    assert_eq!(sandbox.control(Method::GET, "/sandbox/users/bob", "").await.json()["online"], true);

    assert_eq!(sandbox.control(Method::DELETE, "/sandbox/clients/bob", "").await.status, 204);
    assert_eq!(status().await, json!({ "code": 200, "status": "0" }));
}

#[tokio::test]
async fn a_token_that_was_never_given_out_does_not_connect() {
    let sandbox = TestSandbox::start();

    sandbox.connect("made up").await.assert_refused(403, 31_004);
}

#[tokio::test]
async fn tokens_from_before_a_time_expire_and_leave_connections_alone() {
    let sandbox = TestSandbox::start();
    let noon = OffsetDateTime::UNIX_EPOCH + Duration::days(1);
    sandbox.sandbox.set_time(noon);
    let token = sandbox.go_online("bob").await;
    sandbox.sandbox.set_time(noon + Duration::MINUTE);
    let later = sandbox.post(GET_TOKEN, &[BOB]).await.json()["token"].as_str().unwrap().to_owned();

    let at_one = ((noon + Duration::MINUTE).unix_timestamp() * 1_000).to_string();
    sandbox.post(EXPIRE_TOKENS, &[BOB, ("userId", "stranger"), ("time", &at_one)]).await.assert_done();

    assert_eq!(sandbox.post(CHECK_ONLINE, &[BOB]).await.json()["status"], "1");
    sandbox.connect(&token).await.assert_refused(403, 31_020);
    sandbox.connect(&later).await.assert_connected("bob");
    let shown = sandbox.control(Method::GET, "/sandbox/users/bob", "").await.json();
    assert_eq!(shown["tokensExpiredBefore"], "1970-01-02T00:01:00.000Z");
    // An earlier time brings nothing back.
    sandbox.post(EXPIRE_TOKENS, &[BOB, ("time", "1")]).await.assert_done();
    sandbox.connect(&token).await.assert_refused(403, 31_020);
    sandbox.post(EXPIRE_TOKENS, &[BOB, ("time", "soon")]).await.assert_refused(400, 1002);
}

#[tokio::test]
async fn a_client_writes_to_users_who_do_not_mind_and_to_its_own_groups() {
    let sandbox = TestSandbox::start();
    sandbox.create_group("friends", "Friends", &["alice", "bob"]).await;
    sandbox.create_group("others", "Others", &["alice"]).await;
    sandbox.post(BLACKLIST_ADD, &[("userId", "carol"), ("blackUserId", "bob")]).await.assert_done();
    sandbox.write("bob", "toUserId", "alice").await.assert_refused(403, 30_001);
    sandbox.go_online("bob").await;

    for (to, id, code) in [
        ("toUserId", "alice", 200),
        ("toUserId", "carol", 405),
        ("toGroupId", "friends", 200),
        ("toGroupId", "others", 22_406),
        ("toGroupId", "unheard", 22_406),
    ] {
        let answer = sandbox.write("bob", to, id).await;
        if code == 200 {
            let message = sandbox.sandbox.messages("alice").pop().unwrap();
            assert_eq!((answer.status, answer.json()), (200, json!({ "messageUID": message.message_uid })), "{id}");
        } else {
            answer.assert_refused(403, code);
        }
    }
    assert_eq!((sandbox.contents("alice").len(), sandbox.contents("carol").len()), (2, 0));
}

#[tokio::test]
async fn what_is_no_message_is_refused_by_the_control_api() {
    let sandbox = TestSandbox::start();
    sandbox.go_online("bob").await;

    for body in [
        "",
        "{}",
        r#"{"objectName": "RC:TxtMsg", "content": "{}"}"#,
        r#"{"objectName": "RC:TxtMsg", "content": "{}", "toUserId": "a", "toGroupId": "b"}"#,
        r#"{"objectName": "RC:TxtMsg", "content": "{}", "toUserId": "a", "unheard": "of"}"#,
    ] {
        let answer = sandbox.control(Method::POST, "/sandbox/clients/bob/messages", body).await;
        assert_eq!(answer.status, 400, "{body}");
    }
    assert_eq!(sandbox.control(Method::POST, "/sandbox/clients", "{}").await.status, 400);
}
