//! `POST /group/*`.

use hongbao_sandbox::{Group, Target};
use serde_json::json;

use crate::test_sandbox::{Answer, CREATE, DISMISS, JOIN, QUERY_USERS, QUIT, REFRESH_GROUP, TestSandbox};

fn group(name: &str, members: &[&str], dismissed: bool) -> Group {
    let members = members.iter().map(|member| (*member).to_owned()).collect();
    Group { name: name.to_owned(), members, dismissed }
}

/// Sends as many users as the range has to a group.
async fn send_users(sandbox: &TestSandbox, path: &str, range: std::ops::Range<usize>) -> Answer {
    let ids: Vec<String> = range.map(|n| format!("u{n}")).collect();
    let users = ids.iter().map(|id| ("userId", id.as_str()));
    let form: Vec<_> = users.chain([("groupId", "friends"), ("groupName", "Friends")]).collect();
    sandbox.post(path, &form).await
}

#[tokio::test]
async fn a_group_is_made_with_its_members_in_order() {
    let sandbox = TestSandbox::start();

    sandbox.create_group("friends", "朋友 & Co", &["carol", "alice", "carol"]).await;

    assert_eq!(sandbox.sandbox.group("friends"), Some(group("朋友 & Co", &["carol", "alice"], false)));
}

#[tokio::test]
async fn to_make_a_group_that_exists_is_to_join_it() {
    let sandbox = TestSandbox::start();
    sandbox.create_group("friends", "Friends", &["alice"]).await;

    for _ in 0..2 {
        sandbox.create_group("friends", "Others", &["bob", "alice"]).await;
    }

    assert_eq!(sandbox.sandbox.group("friends"), Some(group("Friends", &["alice", "bob"], false)));
}

#[tokio::test]
async fn to_join_a_group_that_does_not_exist_is_to_make_it_and_a_name_is_not_needed() {
    let sandbox = TestSandbox::start();

    sandbox.post(JOIN, &[("userId", "alice"), ("groupId", "friends")]).await.assert_done();
    assert_eq!(sandbox.sandbox.group("friends"), Some(group("", &["alice"], false)));

    sandbox.post(JOIN, &[("userId", "bob"), ("groupId", "friends"), ("groupName", "Friends")]).await.assert_done();
    assert_eq!(sandbox.sandbox.group("friends"), Some(group("Friends", &["alice", "bob"], false)));
}

#[tokio::test]
async fn whoever_quits_is_no_member_and_nobody_else() {
    let sandbox = TestSandbox::start();
    sandbox.create_group("friends", "Friends", &["alice", "bob", "carol"]).await;

    sandbox.post(QUIT, &[("userId", "alice"), ("userId", "nobody"), ("groupId", "friends")]).await.assert_done();

    assert_eq!(sandbox.members("friends"), ["bob", "carol"]);
}

#[tokio::test]
async fn to_quit_an_unknown_group_is_done_and_makes_none() {
    let sandbox = TestSandbox::start();

    sandbox.post(QUIT, &[("userId", "alice"), ("groupId", "friends")]).await.assert_done();

    assert_eq!(sandbox.sandbox.group("friends"), None);
}

#[tokio::test]
async fn a_group_is_dismissed_by_anybody_and_can_be_made_again() {
    let sandbox = TestSandbox::start();
    sandbox.create_group("friends", "Friends", &["alice"]).await;
    sandbox.publish_to("friends", "unheard").await;

    sandbox.post(DISMISS, &[("userId", "mallory"), ("groupId", "friends")]).await.assert_done();
    assert_eq!(sandbox.sandbox.group("friends"), Some(group("Friends", &[], true)));
    sandbox.post(DISMISS, &[("userId", "mallory"), ("groupId", "unknown")]).await.assert_done();
    assert_eq!(sandbox.sandbox.group("unknown"), None);

    sandbox.create_group("friends", "Again", &["bob"]).await;
    assert_eq!(sandbox.sandbox.group("friends"), Some(group("Again", &["bob"], false)));
}

#[tokio::test]
async fn a_refresh_renames_a_group_that_exists() {
    let sandbox = TestSandbox::start();
    sandbox.create_group("friends", "Friends", &["alice"]).await;

    for group_id in ["friends", "unknown"] {
        sandbox.post(REFRESH_GROUP, &[("groupId", group_id), ("groupName", "Best friends")]).await.assert_done();
    }

    assert_eq!(sandbox.sandbox.group("friends"), Some(group("Best friends", &["alice"], false)));
    assert_eq!(sandbox.sandbox.group("unknown"), None);
}

#[tokio::test]
async fn the_members_are_listed_in_order_as_objects() {
    let sandbox = TestSandbox::start();
    sandbox.create_group("friends", "Friends", &["carol", "alice"]).await;

    let answer = sandbox.post(QUERY_USERS, &[("groupId", "friends")]).await;
    let unknown = sandbox.post(QUERY_USERS, &[("groupId", "unknown")]).await;

    assert_eq!(answer.json(), json!({ "code": 200, "users": [{ "id": "carol" }, { "id": "alice" }] }));
    assert_eq!(unknown.json(), json!({ "code": 200, "users": [] }));
}

#[tokio::test]
async fn a_name_has_at_most_64_characters_and_an_id_64() {
    let sandbox = TestSandbox::start();
    let (id, name) = ("g".repeat(64), "红".repeat(64));
    sandbox.create_group(&id, &name, &["alice"]).await;
    let name = name + "包";

    for path in [CREATE, JOIN, REFRESH_GROUP] {
        sandbox
            .post(path, &[("userId", "bob"), ("groupId", &id), ("groupName", &name)])
            .await
            .assert_refused(400, 1005);
    }

    assert_eq!(sandbox.sandbox.group(&id), Some(group(&"红".repeat(64), &["alice"], false)));
}

#[tokio::test]
async fn a_call_names_at_most_1000_users() {
    let sandbox = TestSandbox::start();

    for path in [CREATE, JOIN, QUIT] {
        send_users(&sandbox, path, 0..1_000).await.assert_done();
        send_users(&sandbox, path, 1_000..2_001).await.assert_refused(400, 1002);
    }

    assert_eq!(sandbox.members("friends"), [""; 0]);
}

#[tokio::test]
async fn a_group_has_at_most_3000_members() {
    let sandbox = TestSandbox::start();
    for thousand in 0..3 {
        send_users(&sandbox, JOIN, thousand * 1_000..(thousand + 1) * 1_000).await.assert_done();
    }

    for path in [CREATE, JOIN] {
        send_users(&sandbox, path, 2_999..3_001).await.assert_refused(405, 405);
    }
    send_users(&sandbox, JOIN, 2_000..3_000).await.assert_done();

    assert_eq!(sandbox.members("friends").len(), 3_000);
}

#[tokio::test]
async fn an_id_may_have_the_marks_that_the_tests_of_the_sdks_use() {
    let sandbox = TestSandbox::start();

    for id in ["group_test", "cYgiKZzRSUsrfrx6C3u_GI", "6f1e-4c", "a+b=c", "_"] {
        sandbox.create_group(id, "Friends", &["user_1", "__system__"]).await;
        let listed = sandbox.post(QUERY_USERS, &[("groupId", id)]).await.json();
        assert_eq!(listed["users"], json!([{ "id": "user_1" }, { "id": "__system__" }]), "{id}");
        assert_eq!(sandbox.publish_to(id, "{}").await.status, 200);
    }
    assert_eq!(sandbox.contents("user_1").len(), 5);
}

#[tokio::test]
async fn a_call_may_lower_the_limit_of_members_for_itself() {
    let sandbox = TestSandbox::start();
    let form = |user: &'static str, most: &'static str| [("userId", user), ("groupId", "friends"), ("maxMember", most)];

    for path in [CREATE, JOIN] {
        sandbox.post(path, &form("alice", "1")).await.assert_done();
        sandbox.post(path, &form("bob", "1")).await.assert_refused(405, 405);
        sandbox.post(path, &form("bob", "many")).await.assert_refused(400, 1002);
        assert_eq!(sandbox.post(path, &form("bob", "many")).await.json()["errorMessage"], "maxMember is invalid.");
    }
    assert_eq!(sandbox.members("friends"), ["alice"]);
    sandbox.post(JOIN, &form("bob", "0")).await.assert_done();
    assert_eq!(sandbox.members("friends"), ["alice", "bob"]);
}

#[tokio::test]
async fn a_message_may_be_bound_to_each_change_of_a_group() {
    let sandbox = TestSandbox::start();
    let bound = [("bindNotifyMsg", "true"), ("fromUserId", "alice"), ("objectName", "RC:GrpNtf"), ("content", "{}")];
    let (alice, bob, friends) = (("userId", "alice"), ("userId", "bob"), ("groupId", "friends"));

    for (path, change, members) in [
        (CREATE, vec![alice, bob, friends], 2),
        (JOIN, vec![("userId", "carol"), friends], 3),
        (REFRESH_GROUP, vec![friends, ("groupName", "Best")], 3),
        (QUIT, vec![bob, friends], 2),
        (DISMISS, vec![alice, friends], 0),
    ] {
        let form: Vec<_> = change.into_iter().chain(bound).chain([("pushContent", "new"), ("count", "1")]).collect();
        let answer = sandbox.post(path, &form).await.json();
        let received = if path == DISMISS { "carol" } else { "bob" };
        let message = sandbox.sandbox.messages(received).pop().unwrap();
        assert_eq!(answer, json!({ "code": 200, "messageUID": message.message_uid, "memberCount": members }), "{path}");
        assert_eq!(message.to, Target::Group("friends".to_owned()));
        assert_eq!(message.parameters.into_keys().collect::<Vec<_>>(), ["pushContent"]);
    }
    assert_eq!(
        [sandbox.contents("bob").len(), sandbox.contents("carol").len(), sandbox.contents("alice").len()],
        [4, 4, 0]
    );
}

#[tokio::test]
async fn a_bound_message_needs_its_parts_or_nothing_is_done() {
    let sandbox = TestSandbox::start();
    let bound = [("bindNotifyMsg", "true"), ("fromUserId", "alice"), ("objectName", "RC:GrpNtf"), ("content", "{}")];
    sandbox.create_group("friends", "Friends", &["alice"]).await;

    for (path, change) in [
        (CREATE, [("userId", "bob"), ("groupId", "friends")]),
        (JOIN, [("userId", "bob"), ("groupId", "friends")]),
        (QUIT, [("userId", "alice"), ("groupId", "friends")]),
        (DISMISS, [("userId", "alice"), ("groupId", "friends")]),
        (REFRESH_GROUP, [("groupId", "friends"), ("groupName", "Best")]),
    ] {
        for missing in ["fromUserId", "objectName", "content"] {
            let rest = bound.into_iter().filter(|(parameter, _)| *parameter != missing);
            let refused = sandbox.post(path, &change.into_iter().chain(rest).collect::<Vec<_>>()).await;
            refused.assert_refused(400, 1002);
            assert_eq!(refused.json()["errorMessage"], format!("{missing} is required."), "{path}");
        }
    }
    assert_eq!(sandbox.sandbox.group("friends"), Some(group("Friends", &["alice"], false)));
}

#[tokio::test]
async fn without_the_word_to_bind_it_there_is_no_message() {
    let sandbox = TestSandbox::start();
    let form = [("userId", "bob"), ("groupId", "friends"), ("bindNotifyMsg", "false"), ("content", "{}")];

    sandbox.post(CREATE, &form).await.assert_done();

    assert_eq!(sandbox.contents("bob"), [""; 0]);
}
