//! `POST /group/sync.json` and `/user/group/query.json`: the groups of one user.

use serde_json::{Value, json};

use crate::test_sandbox::{Answer, JOIN, SYNC, TestSandbox, USER_GROUPS};

const ALICE: (&str, &str) = ("userId", "alice");

async fn groups(sandbox: &TestSandbox, more: &[(&str, &str)]) -> Value {
    let form: Vec<_> = [ALICE].into_iter().chain(more.iter().copied()).collect();
    let mut answer = sandbox.post(USER_GROUPS, &form).await.json();
    assert_eq!(answer["code"], 200);
    answer["groups"].take()
}

async fn sync(sandbox: &TestSandbox, groups: &[(&str, &str)]) -> Answer {
    sandbox.post(SYNC, &[ALICE].into_iter().chain(groups.iter().copied()).collect::<Vec<_>>()).await
}

#[tokio::test]
async fn a_user_is_a_member_of_exactly_the_groups_that_are_named() {
    let sandbox = TestSandbox::start();
    sandbox.create_group("old", "Old", &["alice", "bob"]).await;
    sandbox.create_group("kept", "Kept", &["bob", "alice"]).await;

    sync(&sandbox, &[("group[kept]", "Renamed"), ("group[new_1]", "新群 & Co")]).await.assert_done();

    let named = json!([{ "id": "kept", "name": "Renamed" }, { "id": "new_1", "name": "新群 & Co" }]);
    assert_eq!(groups(&sandbox, &[]).await, named);
    assert_eq!(
        [sandbox.members("old"), sandbox.members("kept"), sandbox.members("new_1")],
        [vec!["bob"], vec!["bob", "alice"], vec!["alice"]]
    );
    sync(&sandbox, &[]).await.assert_done();
    assert_eq!(groups(&sandbox, &[]).await, json!([]));
}

#[tokio::test]
async fn the_sdks_do_not_encode_the_brackets() {
    let sandbox = TestSandbox::start();

    sandbox.post_raw(SYNC, "userId=alice&group[10001]=TestGroup1&group[10002]=TestGroup2").await.assert_done();

    assert_eq!([sandbox.members("10001"), sandbox.members("10002")], [["alice"], ["alice"]]);
}

#[tokio::test]
async fn a_group_that_cannot_be_joined_changes_nothing() {
    let sandbox = TestSandbox::start();
    sandbox.create_group("old", "Old", &["alice"]).await;
    let ids: Vec<String> = (0..3_000).map(|n| format!("u{n}")).collect();
    for some in ids.chunks(1_000) {
        let form: Vec<_> = some.iter().map(|id| ("userId", id.as_str())).chain([("groupId", "full")]).collect();
        sandbox.post(JOIN, &form).await.assert_done();
    }
    let (long_id, long_name) = (format!("group[{}]", "g".repeat(65)), "红".repeat(65));

    for (group, status, code) in [
        (("group[full]", "Full"), 405, 405),
        (("group[a b]", "Spaced"), 400, 1002),
        (("group[]", "Nameless"), 400, 1002),
        ((long_id.as_str(), "Long"), 400, 1005),
        (("group[g]", long_name.as_str()), 400, 1005),
    ] {
        sync(&sandbox, &[("group[new]", "New"), group]).await.assert_refused(status, code);
    }
    assert_eq!(groups(&sandbox, &[]).await, json!([{ "id": "old", "name": "Old" }]));
    assert_eq!(sandbox.sandbox.group("new"), None);
}

#[tokio::test]
async fn groups_are_listed_in_pages_on_request() {
    let sandbox = TestSandbox::start();
    let names: Vec<String> = (0..60).map(|n| format!("group[g{n:02}]")).collect();
    sync(&sandbox, &names.iter().map(|name| (name.as_str(), "")).collect::<Vec<_>>()).await.assert_done();
    let all = groups(&sandbox, &[]).await;
    let all = all.as_array().unwrap();

    for (form, part) in [
        (vec![], &all[..]),
        (vec![("page", "0")], &all[..]),
        (vec![("size", "7")], &all[..]),
        (vec![("page", "1")], &all[..50]),
        (vec![("page", "2")], &all[50..]),
        (vec![("page", "3"), ("size", "7")], &all[14..21]),
        (vec![("page", "1"), ("size", "1000")], &all[..]),
    ] {
        assert_eq!(groups(&sandbox, &form).await, json!(part), "{form:?}");
    }
    sandbox.post(USER_GROUPS, &[ALICE, ("page", "1"), ("size", "1001")]).await.assert_refused(400, 1002);
}
