//! `POST /message/recall.json`.

use crate::test_sandbox::{Answer, PRIVATE, RECALL, SYSTEM, TestSandbox, letter};

async fn recall(sandbox: &TestSandbox, from: &str, conversation: &str, target: &str, uid: &str) -> Answer {
    let form = [("fromUserId", from), ("conversationType", conversation), ("targetId", target), ("messageUID", uid)];
    sandbox.post(RECALL, &form).await
}

fn recalled(sandbox: &TestSandbox, user_id: &str) -> Vec<bool> {
    sandbox.sandbox.messages(user_id).iter().map(|message| message.recalled).collect()
}

fn last_uid(sandbox: &TestSandbox) -> String {
    sandbox.sandbox.messages("bob").pop().expect("bob has a message").message_uid
}

#[tokio::test]
async fn a_recalled_message_stays_in_its_place_and_is_marked() {
    let sandbox = TestSandbox::start();
    sandbox.publish("one").await;
    let uid = last_uid(&sandbox);
    sandbox.publish("two").await;

    recall(&sandbox, "alice", "1", "bob", &uid).await.assert_done();

    assert_eq!(recalled(&sandbox, "bob"), [true, false]);
    assert_eq!(sandbox.inbox(), ["one", "two"]);
}

#[tokio::test]
async fn a_copy_for_the_sender_is_recalled_too() {
    let sandbox = TestSandbox::start();
    let form: Vec<_> = letter("{}").into_iter().chain([("isIncludeSender", "1")]).collect();
    sandbox.post(PRIVATE, &form).await;

    recall(&sandbox, "alice", "1", "bob", &last_uid(&sandbox)).await.assert_done();

    assert_eq!((recalled(&sandbox, "bob"), recalled(&sandbox, "alice")), (vec![true], vec![true]));
}

#[tokio::test]
async fn a_group_message_is_recalled_for_every_member() {
    let sandbox = TestSandbox::start();
    sandbox.create_group("friends", "Friends", &["bob", "carol"]).await;
    sandbox.publish_to("friends", "{}").await;

    recall(&sandbox, "alice", "3", "friends", &last_uid(&sandbox)).await.assert_done();

    assert_eq!((recalled(&sandbox, "bob"), recalled(&sandbox, "carol")), (vec![true], vec![true]));
}

#[tokio::test]
async fn a_system_message_is_recalled() {
    let sandbox = TestSandbox::start();
    sandbox.post(SYSTEM, &letter("{}")).await;

    recall(&sandbox, "alice", "6", "bob", &last_uid(&sandbox)).await.assert_done();

    assert_eq!(recalled(&sandbox, "bob"), [true]);
}

#[tokio::test]
async fn a_recall_that_fits_no_message_is_done_and_changes_nothing() {
    let sandbox = TestSandbox::start();
    sandbox.publish("{}").await;
    let uid = last_uid(&sandbox);

    for (from, conversation, target, uid) in [
        ("alice", "1", "bob", "AAAA-BBBB-CCCC-DDDD"),
        ("alice", "1", "carol", uid.as_str()),
        ("alice", "3", "bob", &uid),
        ("mallory", "1", "bob", &uid),
        ("alice", "2", "bob", &uid),
        ("alice", "4", "bob", &uid),
        ("alice", "10", "bob", &uid),
    ] {
        recall(&sandbox, from, conversation, target, uid).await.assert_done();
    }

    assert_eq!(recalled(&sandbox, "bob"), [false]);
}

#[tokio::test]
async fn what_only_changes_the_display_changes_nothing_else() {
    let sandbox = TestSandbox::start();
    sandbox.publish("{}").await;
    let uid = last_uid(&sandbox);

    for sender in ["carol", "alice"] {
        assert_eq!(recalled(&sandbox, "bob"), [false]);
        let form = [
            ("fromUserId", sender),
            ("conversationType", "1"),
            ("targetId", "bob"),
            ("messageUID", &uid),
            ("sentTime", "1408710653000"),
            ("isAdmin", "1"),
            ("isDelete", "1"),
        ];
        sandbox.post(RECALL, &form).await.assert_done();
    }

    assert_eq!(recalled(&sandbox, "bob"), [true]);
}

#[tokio::test]
async fn an_unheard_of_conversation_is_1002() {
    let sandbox = TestSandbox::start();

    for conversation in ["0", "5", "x", "11"] {
        recall(&sandbox, "alice", conversation, "bob", "A-B-C-D").await.assert_refused(400, 1002);
    }
}
