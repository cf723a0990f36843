//! `POST /user/blacklist/*`.

use serde_json::{Value, json};

use crate::test_sandbox::{BLACKLIST_ADD, BLACKLIST_QUERY, BLACKLIST_REMOVE, PRIVATE, TestSandbox, letter};

fn ids(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|n| format!("u{n}")).collect()
}

fn form(others: &[String]) -> Vec<(&str, &str)> {
    let others = others.iter().map(|other| ("blackUserId", other.as_str()));
    [("userId", "alice")].into_iter().chain(others).collect()
}

async fn page(sandbox: &TestSandbox, more: &[(&str, &str)]) -> Value {
    let form: Vec<_> = [("userId", "alice")].into_iter().chain(more.iter().copied()).collect();
    let answer = sandbox.post(BLACKLIST_QUERY, &form).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

#[tokio::test]
async fn a_blacklist_is_listed_newest_first_as_plain_ids() {
    let sandbox = TestSandbox::start();
    assert_eq!(page(&sandbox, &[]).await, json!({ "code": 200, "users": [] }));

    sandbox.post(BLACKLIST_ADD, &form(&ids(0..2))).await.assert_done();
    sandbox.post(BLACKLIST_ADD, &form(&ids(1..4))).await.assert_done();
    sandbox
        .post(BLACKLIST_REMOVE, &[("userId", "alice"), ("blackUserId", "u2"), ("blackUserId", "u9")])
        .await
        .assert_done();

    assert_eq!(page(&sandbox, &[]).await, json!({ "code": 200, "users": ["u3", "u1", "u0"] }));
    assert_eq!(sandbox.sandbox.profile("alice").blacklist, ["u3", "u1", "u0"]);
    assert_eq!(sandbox.sandbox.profile("u0").blacklist, [""; 0]);
}

#[tokio::test]
async fn a_blacklist_is_read_page_by_page() {
    let sandbox = TestSandbox::start();
    sandbox.post(BLACKLIST_ADD, &form(&ids(0..5))).await.assert_done();

    let first = page(&sandbox, &[("size", "2")]).await;
    let token = first["next"].as_str().unwrap();
    let second = page(&sandbox, &[("size", "2"), ("pageToken", token)]).await;
    let token = second["next"].as_str().unwrap();
    let third = page(&sandbox, &[("size", "2"), ("pageToken", token)]).await;

    assert_eq!(first["users"], json!(["u4", "u3"]));
    assert_eq!(second["users"], json!(["u2", "u1"]));
    assert_eq!(third, json!({ "code": 200, "users": ["u0"] }));
}

#[tokio::test]
async fn a_page_has_at_most_1000_entries_and_a_token_must_be_one() {
    let sandbox = TestSandbox::start();

    page(&sandbox, &[("size", "1000")]).await;
    for (parameter, value) in [("size", "1001"), ("size", "0"), ("size", "x"), ("pageToken", "x"), ("pageToken", "B")] {
        sandbox.post(BLACKLIST_QUERY, &[("userId", "alice"), (parameter, value)]).await.assert_refused(400, 1002);
    }
}

#[tokio::test]
async fn a_call_names_at_most_20() {
    let sandbox = TestSandbox::start();

    for path in [BLACKLIST_ADD, BLACKLIST_REMOVE] {
        sandbox.post(path, &form(&ids(0..20))).await.assert_done();
        sandbox.post(path, &form(&ids(20..41))).await.assert_refused(400, 1002);
    }
    assert_eq!(sandbox.sandbox.profile("alice").blacklist, [""; 0]);
}

#[tokio::test]
async fn a_blacklist_has_at_most_3000_entries() {
    let sandbox = TestSandbox::start();
    for call in 0..150 {
        sandbox.post(BLACKLIST_ADD, &form(&ids(call * 20..(call + 1) * 20))).await.assert_done();
    }

    sandbox.post(BLACKLIST_ADD, &form(&ids(3_000..3_001))).await.assert_refused(400, 1002);
    sandbox.post(BLACKLIST_ADD, &form(&ids(2_999..3_000))).await.assert_done();

    assert_eq!(sandbox.sandbox.profile("alice").blacklist.len(), 3_000);
    assert_eq!(page(&sandbox, &[]).await["users"].as_array().unwrap().len(), 1_000);
}

#[tokio::test]
async fn a_blacklist_keeps_messages_off_only_when_the_sender_asks_for_it() {
    let sandbox = TestSandbox::start();
    sandbox.post(BLACKLIST_ADD, &[("userId", "bob"), ("blackUserId", "alice")]).await.assert_done();

    for (verify, content) in [("0", "careless"), ("1", "careful")] {
        let form: Vec<_> =
            letter(content).into_iter().chain([("toUserId", "carol"), ("verifyBlacklist", verify)]).collect();
        assert_eq!(sandbox.post(PRIVATE, &form).await.status, 200);
    }

    assert_eq!(sandbox.inbox(), ["careless"]);
    assert_eq!(sandbox.contents("carol"), ["careless", "careful"]);
}
