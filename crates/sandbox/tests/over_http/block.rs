//! `POST /user/block.json`, `/user/unblock.json` and `/user/block/query.json`: users who are shut out.

use hongbao_sandbox::Push;
use reqwest::Method;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use crate::test_sandbox::{BLOCK, BLOCK_QUERY, CHECK_ONLINE, GET_TOKEN, PRIVATE, TestSandbox, UNBLOCK, letter};

const NOON: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;
const BOB: (&str, &str) = ("userId", "bob");

fn at_noon() -> TestSandbox {
    let sandbox = TestSandbox::start();
    sandbox.sandbox.set_time(NOON);
    sandbox
}

#[tokio::test]
async fn a_blocked_user_is_disconnected_and_cannot_connect_until_the_end() {
    let sandbox = at_noon();
    let token = sandbox.go_online("bob").await;
    sandbox.post(BLOCK, &[BOB, ("minute", "5")]).await.assert_done();

    assert_eq!(sandbox.post(CHECK_ONLINE, &[BOB]).await.json()["status"], "0");
    sandbox.connect(&token).await.assert_refused(403, 31_009);
    sandbox.write("bob", "toUserId", "alice").await.assert_refused(403, 30_001);
    assert_eq!(sandbox.post(GET_TOKEN, &[BOB]).await.status, 200);

    sandbox.sandbox.set_time(NOON + Duration::minutes(5));
    sandbox.connect(&token).await.assert_connected("bob");
}

#[tokio::test]
async fn a_user_who_is_unblocked_connects_again() {
    let sandbox = at_noon();
    let token = sandbox.go_online("bob").await;
    sandbox.post(BLOCK, &[BOB, ("minute", "43200")]).await.assert_done();

    sandbox.post(UNBLOCK, &[BOB, ("userId", "stranger")]).await.assert_done();

    sandbox.connect(&token).await.assert_connected("bob");
}

#[tokio::test]
async fn what_a_blocked_user_is_sent_is_held_without_a_push_until_the_end() {
    let sandbox = at_noon();
    let send = async |content: &str| {
        let form: Vec<_> = letter(content).into_iter().chain([("pushContent", "hi")]).collect();
        assert_eq!(sandbox.post(PRIVATE, &form).await.status, 200);
    };
    let shown = || {
        let inbox = sandbox.sandbox.messages("bob").into_iter();
        inbox.map(|message| (message.held, message.push.is_some())).collect::<Vec<_>>()
    };
    send("before").await;
    sandbox.sandbox.set_time(NOON + Duration::MINUTE);
    sandbox.post(BLOCK, &[BOB, ("minute", "5")]).await.assert_done();
    send("meanwhile").await;

    assert_eq!(shown(), [(false, true), (true, false)]);
    let inbox = sandbox.control(Method::GET, "/sandbox/messages?userId=bob", "").await.json();
    assert_eq!([&inbox[0]["held"], &inbox[1]["held"]], [&Value::Null, &Value::Bool(true)]);

    sandbox.sandbox.set_time(NOON + Duration::minutes(6));
    assert_eq!(shown(), [(false, true), (false, true)]);
    assert_eq!(sandbox.sandbox.messages("bob")[1].push, Some(Push::Text("hi".to_owned())));
}

#[tokio::test]
async fn what_the_server_sends_in_the_name_of_a_blocked_user_is_sent() {
    let sandbox = at_noon();
    sandbox.post(BLOCK, &[("userId", "alice"), ("minute", "5")]).await.assert_done();

    assert_eq!(sandbox.publish("from the server").await.status, 200);

    assert_eq!(sandbox.inbox(), ["from the server"]);
}

#[tokio::test]
async fn blocked_users_are_listed_with_the_latest_end_first() {
    let sandbox = at_noon();
    for (user, minutes) in [("alice", "5"), ("bob", "9"), ("carol", "1")] {
        sandbox.post(BLOCK, &[("userId", user), ("minute", minutes)]).await.assert_done();
    }
    let user = |id: &str, end: &str| json!({ "userId": id, "blockEndTime": end });
    let all = [
        user("bob", "1970-01-01 08:09:00"),
        user("alice", "1970-01-01 08:05:00"),
        user("carol", "1970-01-01 08:01:00"),
    ];

    for (form, users) in [
        (vec![], &all[..]),
        (vec![("page", "0")], &all[..]),
        (vec![("page", "1"), ("size", "2")], &all[..2]),
        (vec![("page", "2"), ("size", "2")], &all[2..]),
    ] {
        assert_eq!(sandbox.post(BLOCK_QUERY, &form).await.json(), json!({ "code": 200, "users": users }), "{form:?}");
    }
    sandbox.sandbox.set_time(NOON + Duration::MINUTE);
    assert_eq!(sandbox.post(BLOCK_QUERY, &[]).await.json(), json!({ "code": 200, "users": all[..2] }));
}

#[tokio::test]
async fn the_control_api_shows_until_when() {
    let sandbox = at_noon();
    sandbox.post(BLOCK, &[BOB, ("minute", "5")]).await.assert_done();

    let bob = sandbox.control(Method::GET, "/sandbox/users/bob", "").await.json();

    assert_eq!((&bob["blockedUntil"], bob.get("online")), (&json!("1970-01-01T00:05:00.000Z"), None));
}
