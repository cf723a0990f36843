//! `POST /message/group/publish.json`.

use hongbao_sandbox::Target;
use serde_json::json;

use crate::test_sandbox::{GROUP, TestSandbox};

fn letter<'a>(content: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let letter = [("fromUserId", "alice"), ("objectName", "RC:TxtMsg"), ("content", content)];
    letter.into_iter().chain(more.iter().copied()).collect()
}

#[tokio::test]
async fn a_message_stands_in_the_inbox_of_each_member_but_the_sender_under_one_id() {
    let sandbox = TestSandbox::start();
    sandbox.create_group("friends", "Friends", &["alice", "bob", "carol"]).await;

    let answer = sandbox.post(GROUP, &letter("{}", &[("toGroupId", "friends")])).await;

    let [bob, carol] = ["bob", "carol"].map(|user_id| sandbox.sandbox.messages(user_id));
    assert_eq!((bob.len(), &bob), (1, &carol));
    assert_eq!(bob[0].to, Target::Group("friends".to_owned()));
    assert_eq!((bob[0].from_user_id.as_str(), bob[0].object_name.as_str()), ("alice", "RC:TxtMsg"));
    let message_uids = json!([{ "groupId": "friends", "messageUID": bob[0].message_uid }]);
    assert_eq!((answer.status, answer.json()), (200, json!({ "code": 200, "messageUIDs": message_uids })));
    assert_eq!(sandbox.contents("alice"), [""; 0]);
}

#[tokio::test]
async fn the_sender_gets_a_copy_on_request_and_need_not_be_a_member() {
    let sandbox = TestSandbox::start();
    sandbox.create_group("friends", "Friends", &["alice", "bob"]).await;
    sandbox.create_group("others", "Others", &["bob"]).await;

    for group in ["friends", "others"] {
        let form = letter(group, &[("toGroupId", group), ("isIncludeSender", "1")]);
        assert_eq!(sandbox.post(GROUP, &form).await.status, 200);
    }

    assert_eq!(sandbox.inbox(), ["friends", "others"]);
    assert_eq!(sandbox.contents("alice"), ["friends"]);
}

#[tokio::test]
async fn up_to_three_groups_get_a_message_each_under_its_own_id() {
    let sandbox = TestSandbox::start();
    for group in ["g1", "g2", "g3"] {
        sandbox.create_group(group, "", &["bob"]).await;
    }
    let groups = [("toGroupId", "g1"), ("toGroupId", "g2"), ("toGroupId", "g3"), ("toGroupId", "g4")];

    let answer = sandbox.post(GROUP, &letter("{}", &groups[..3])).await;
    let refused = sandbox.post(GROUP, &letter("{}", &groups)).await;

    let sent: Vec<_> = sandbox.sandbox.messages("bob").into_iter().map(|message| message.message_uid).collect();
    let told: Vec<_> =
        answer.json()["messageUIDs"].as_array().unwrap().iter().map(|uid| uid["messageUID"].clone()).collect();
    assert_eq!((json!(sent), sent.len()), (json!(told), 3));
    refused.assert_refused(400, 1002);
    assert_eq!(refused.json()["errorMessage"], "the number of toUserId should less than 3.");
}

#[tokio::test]
async fn a_message_for_some_members_reaches_them_alone_and_has_one_group() {
    let sandbox = TestSandbox::start();
    sandbox.create_group("friends", "Friends", &["alice", "bob", "carol"]).await;
    let to = [("toGroupId", "friends"), ("toUserId", "bob"), ("toUserId", "stranger")];

    assert_eq!(sandbox.post(GROUP, &letter("secret", &to)).await.status, 200);
    let two = [to.as_slice(), &[("toGroupId", "others")]].concat();
    sandbox.post(GROUP, &letter("secret", &two)).await.assert_refused(400, 1002);

    assert_eq!(sandbox.inbox(), ["secret"]);
    assert_eq!((sandbox.contents("carol"), sandbox.contents("stranger")), (vec![], vec![]));
}

#[tokio::test]
async fn whoever_has_left_gets_nothing_new_and_keeps_what_came_before() {
    let sandbox = TestSandbox::start();
    sandbox.create_group("friends", "Friends", &["bob", "carol"]).await;
    sandbox.publish_to("friends", "before").await;

    sandbox.post("/group/quit.json", &[("userId", "bob"), ("groupId", "friends")]).await.assert_done();
    sandbox.publish_to("friends", "after").await;

    assert_eq!(sandbox.inbox(), ["before"]);
    assert_eq!(sandbox.contents("carol"), ["before", "after"]);
}

#[tokio::test]
async fn a_group_that_does_not_exist_is_told_an_id_and_nobody_hears_of_it() {
    let sandbox = TestSandbox::start();

    let answer = sandbox.publish_to("unknown", "{}").await;

    assert_eq!((answer.status, &answer.json()["messageUIDs"][0]["groupId"]), (200, &json!("unknown")));
    assert_eq!(sandbox.sandbox.group("unknown"), None);
}

#[tokio::test]
async fn the_limits_of_a_message_hold() {
    let sandbox = TestSandbox::start();
    sandbox.create_group("friends", "Friends", &["bob"]).await;
    let (name, content) = ("x".repeat(33), "x".repeat(128 * 1024 + 1));

    sandbox.publish_to("friends", &content).await.assert_refused(400, 1005);
    let form = [("fromUserId", "alice"), ("toGroupId", "friends"), ("objectName", &name), ("content", "{}")];
    sandbox.post(GROUP, &form).await.assert_refused(400, 1005);

    assert_eq!(sandbox.publish_to("friends", &content[1..]).await.status, 200);
    assert_eq!(sandbox.inbox().len(), 1);
}
