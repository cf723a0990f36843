//! `POST /group/ban/*`, `/group/user/gag/*` and `/group/user/ban/whitelist/*`: who may not speak.

use reqwest::Method;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use crate::test_sandbox::{
    BAN_ADD, BAN_QUERY, BAN_ROLLBACK, DISMISS, GAG_ADD, GAG_LIST, GAG_ROLLBACK, QUIT, TestSandbox, WHITELIST_ADD,
    WHITELIST_QUERY, WHITELIST_ROLLBACK,
};

const FRIENDS: (&str, &str) = ("groupId", "friends");
const BOB: (&str, &str) = ("userId", "bob");
const NOON: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

/// A group of three, each with a client.
async fn friends() -> TestSandbox {
    let sandbox = TestSandbox::start();
    sandbox.sandbox.set_time(NOON);
    sandbox.create_group("friends", "Friends", &["alice", "bob", "carol"]).await;
    for user in ["alice", "bob", "carol"] {
        sandbox.go_online(user).await;
    }
    sandbox
}

/// Lets all three write, and gives the code that each is refused with, or 200.
async fn codes(sandbox: &TestSandbox, group_id: &str) -> [u64; 3] {
    let mut codes = [200; 3];
    for (code, user) in codes.iter_mut().zip(["alice", "bob", "carol"]) {
        let answer = sandbox.write_to(group_id, user).await.json();
        if answer.get("messageUID").is_none() {
            *code = answer["code"].as_u64().unwrap_or(0);
        }
    }
    codes
}

async fn list(sandbox: &TestSandbox, path: &str, form: &[(&str, &str)]) -> Value {
    let mut answer = sandbox.post(path, form).await.json();
    assert_eq!(answer["code"], 200, "{answer}");
    let lists = ["users", "userIds", "groupinfo"];
    lists.into_iter().find_map(|list| answer.get_mut(list).map(Value::take)).expect("the answer has a list")
}

#[tokio::test]
async fn no_client_speaks_in_a_muted_group_but_the_exceptions_and_the_server() {
    let sandbox = friends().await;
    sandbox.post(BAN_ADD, &[FRIENDS]).await.assert_done();
    sandbox.post(WHITELIST_ADD, &[FRIENDS, BOB, ("userId", "stranger")]).await.assert_done();

    assert_eq!(codes(&sandbox, "friends").await, [22_408, 200, 22_408]);
    assert_eq!(sandbox.publish_to("friends", "from the server").await.status, 200);
    assert_eq!(sandbox.contents("carol"), ["from bob", "from the server"]);
    assert_eq!(list(&sandbox, WHITELIST_QUERY, &[FRIENDS]).await, json!(["bob", "stranger"]));

    sandbox.post(WHITELIST_ROLLBACK, &[FRIENDS, BOB]).await.assert_done();
    assert_eq!(codes(&sandbox, "friends").await, [22_408; 3]);
    sandbox.post(BAN_ROLLBACK, &[FRIENDS]).await.assert_done();
    assert_eq!(codes(&sandbox, "friends").await, [200; 3]);
}

#[tokio::test]
async fn a_muted_member_is_silent_for_that_many_minutes_and_reads_on() {
    let sandbox = friends().await;
    sandbox.post(GAG_ADD, &[FRIENDS, BOB, ("minute", "5")]).await.assert_done();

    assert_eq!(codes(&sandbox, "friends").await, [200, 22_408, 200]);
    assert_eq!(sandbox.inbox(), ["from alice", "from carol"]);
    let bob = json!({ "userId": "bob", "startTime": "1970-01-01 08:00:00", "time": "1970-01-01 08:05:00" });
    assert_eq!(list(&sandbox, GAG_LIST, &[FRIENDS]).await, json!([bob]));

    sandbox.sandbox.set_time(NOON + Duration::minutes(5));
    assert_eq!(codes(&sandbox, "friends").await, [200; 3]);
    assert_eq!(list(&sandbox, GAG_LIST, &[FRIENDS]).await, json!([]));
}

#[tokio::test]
async fn a_mute_by_name_wins_over_an_exception_and_0_minutes_are_for_ever() {
    let sandbox = friends().await;
    sandbox.post(WHITELIST_ADD, &[FRIENDS, BOB]).await.assert_done();
    sandbox.post(GAG_ADD, &[FRIENDS, BOB, ("minute", "0")]).await.assert_done();
    sandbox.sandbox.set_time(NOON + Duration::days(365));

    assert_eq!(codes(&sandbox, "friends").await, [200, 22_408, 200]);
    assert_eq!(list(&sandbox, GAG_LIST, &[FRIENDS]).await[0]["time"], "9999-12-31 23:59:59");

    sandbox.post(GAG_ROLLBACK, &[FRIENDS, BOB]).await.assert_done();
    assert_eq!(codes(&sandbox, "friends").await, [200; 3]);
}

#[tokio::test]
async fn without_a_group_a_member_is_muted_in_all_and_freed_in_all() {
    let sandbox = friends().await;
    sandbox.create_group("others", "Others", &["alice", "bob", "carol"]).await;
    sandbox.post(GAG_ADD, &[BOB, ("minute", "5")]).await.assert_done();
    sandbox.post(GAG_ADD, &[("groupId", "others"), ("userId", "carol"), ("minute", "5")]).await.assert_done();

    assert_eq!(codes(&sandbox, "friends").await, [200, 22_408, 200]);
    assert_eq!(codes(&sandbox, "others").await, [200, 22_408, 22_408]);
    assert_eq!(list(&sandbox, GAG_LIST, &[]).await[0]["userId"], "bob");
    assert_eq!(list(&sandbox, GAG_LIST, &[("groupId", "others")]).await[0]["userId"], "carol");

    sandbox.post(GAG_ROLLBACK, &[BOB, ("userId", "carol")]).await.assert_done();
    assert_eq!([codes(&sandbox, "friends").await, codes(&sandbox, "others").await], [[200; 3]; 2]);
}

#[tokio::test]
async fn mutes_and_exceptions_outlive_membership_and_group() {
    let sandbox = friends().await;
    sandbox.post(BAN_ADD, &[FRIENDS]).await.assert_done();
    sandbox.post(WHITELIST_ADD, &[FRIENDS, BOB]).await.assert_done();

    sandbox.post(QUIT, &[BOB, FRIENDS]).await.assert_done();
    assert_eq!(codes(&sandbox, "friends").await, [22_408, 22_406, 22_408]);
    sandbox.post(DISMISS, &[BOB, FRIENDS]).await.assert_done();
    assert_eq!(codes(&sandbox, "friends").await, [22_406; 3]);
    sandbox.create_group("friends", "Again", &["alice", "bob", "carol"]).await;

    assert_eq!(codes(&sandbox, "friends").await, [22_408, 200, 22_408]);
}

#[tokio::test]
async fn muted_groups_are_asked_for_by_id_or_listed_in_pages() {
    let sandbox = TestSandbox::start();
    let ids: Vec<String> = (0..60).map(|n| format!("g{n:02}")).collect();
    for some in ids.chunks(20) {
        let form: Vec<_> = some.iter().map(|id| ("groupId", id.as_str())).collect();
        sandbox.post(BAN_ADD, &form).await.assert_done();
    }
    let infos = |ids: &[String]| json!(ids.iter().map(|id| json!({ "groupId": id, "stat": 1 })).collect::<Vec<_>>());
    let (g07, other) = (("groupId", "g07"), ("groupId", "other"));

    let both = json!([{ "groupId": "other", "stat": 0 }, { "groupId": "g07", "stat": 1 }]);
    assert_eq!(list(&sandbox, BAN_QUERY, &[other, g07]).await, both);
    assert_eq!(list(&sandbox, BAN_QUERY, &[]).await, infos(&ids[..50]));
    assert_eq!(list(&sandbox, BAN_QUERY, &[("page", "2")]).await, infos(&ids[50..]));
    assert_eq!(list(&sandbox, BAN_QUERY, &[other, ("page", "3"), ("size", "7")]).await, infos(&ids[14..21]));
    assert_eq!(list(&sandbox, BAN_QUERY, &[other, ("size", "200")]).await, infos(&ids));
    for form in [[("page", "x")], [("size", "201")], [("size", "0")]] {
        sandbox.post(BAN_QUERY, &form).await.assert_refused(400, 1002);
    }
}

#[tokio::test]
async fn the_control_api_shows_who_may_not_speak() {
    let sandbox = friends().await;
    let view = async |path: &str| sandbox.control(Method::GET, path, "").await.json();
    let plain = json!({ "name": "Friends", "members": ["alice", "bob", "carol"], "dismissed": false });
    assert_eq!(view("/sandbox/groups/friends").await, plain);

    sandbox.post(BAN_ADD, &[FRIENDS]).await.assert_done();
    sandbox.post(WHITELIST_ADD, &[FRIENDS, ("userId", "carol")]).await.assert_done();
    sandbox.post(GAG_ADD, &[FRIENDS, BOB, ("minute", "5")]).await.assert_done();
    sandbox.post(GAG_ADD, &[("userId", "alice"), ("minute", "0")]).await.assert_done();

    let group = view("/sandbox/groups/friends").await;
    let bob = json!({ "userId": "bob", "since": "1970-01-01T00:00:00.000Z", "until": "1970-01-01T00:05:00.000Z" });
    assert_eq!(
        [&group["muted"], &group["mutedMembers"], &group["exceptions"]],
        [&json!(true), &json!([bob]), &json!(["carol"])]
    );
    assert_eq!(view("/sandbox/users/alice").await["mutedInAllGroups"], true);
}
