//! `POST /message/recall.json`.

use crate::stand::{Answer, PRIVATE, RECALL, SYSTEM, Stand, letter};

async fn recall(stand: &Stand, from: &str, conversation: &str, target: &str, uid: &str) -> Answer {
    let form = [("fromUserId", from), ("conversationType", conversation), ("targetId", target), ("messageUID", uid)];
    stand.post(RECALL, &form).await
}

fn recalled(stand: &Stand, user_id: &str) -> Vec<bool> {
    stand.sandbox.messages(user_id).iter().map(|message| message.recalled).collect()
}

fn last_uid(stand: &Stand) -> String {
    stand.sandbox.messages("bob").pop().expect("bob has a message").message_uid
}

#[tokio::test]
async fn a_recalled_message_stays_in_its_place_and_is_marked() {
    let stand = Stand::start();
    stand.publish("one").await;
    let uid = last_uid(&stand);
    stand.publish("two").await;

    recall(&stand, "alice", "1", "bob", &uid).await.assert_done();

    assert_eq!(recalled(&stand, "bob"), [true, false]);
    assert_eq!(stand.inbox(), ["one", "two"]);
}

#[tokio::test]
async fn a_copy_for_the_sender_is_recalled_too() {
    let stand = Stand::start();
    let form: Vec<_> = letter("{}").into_iter().chain([("isIncludeSender", "1")]).collect();
    stand.post(PRIVATE, &form).await;

    recall(&stand, "alice", "1", "bob", &last_uid(&stand)).await.assert_done();

    assert_eq!((recalled(&stand, "bob"), recalled(&stand, "alice")), (vec![true], vec![true]));
}

#[tokio::test]
async fn a_group_message_is_recalled_for_every_member() {
    let stand = Stand::start();
    stand.create_group("friends", "Friends", &["bob", "carol"]).await;
    stand.publish_to("friends", "{}").await;

    recall(&stand, "alice", "3", "friends", &last_uid(&stand)).await.assert_done();

    assert_eq!((recalled(&stand, "bob"), recalled(&stand, "carol")), (vec![true], vec![true]));
}

#[tokio::test]
async fn a_system_message_is_recalled() {
    let stand = Stand::start();
    stand.post(SYSTEM, &letter("{}")).await;

    recall(&stand, "alice", "6", "bob", &last_uid(&stand)).await.assert_done();

    assert_eq!(recalled(&stand, "bob"), [true]);
}

#[tokio::test]
async fn a_recall_that_fits_no_message_is_done_and_changes_nothing() {
    let stand = Stand::start();
    stand.publish("{}").await;
    let uid = last_uid(&stand);

    for (from, conversation, target, uid) in [
        ("alice", "1", "bob", "AAAA-BBBB-CCCC-DDDD"),
        ("alice", "1", "carol", uid.as_str()),
        ("alice", "3", "bob", &uid),
        ("mallory", "1", "bob", &uid),
        ("alice", "2", "bob", &uid),
        ("alice", "4", "bob", &uid),
        ("alice", "10", "bob", &uid),
    ] {
        recall(&stand, from, conversation, target, uid).await.assert_done();
    }

    assert_eq!(recalled(&stand, "bob"), [false]);
}

#[tokio::test]
async fn what_only_changes_the_display_changes_nothing_else() {
    let stand = Stand::start();
    stand.publish("{}").await;
    let uid = last_uid(&stand);

    for sender in ["carol", "alice"] {
        assert_eq!(recalled(&stand, "bob"), [false]);
        let form = [
            ("fromUserId", sender),
            ("conversationType", "1"),
            ("targetId", "bob"),
            ("messageUID", &uid),
            ("sentTime", "1408710653000"),
            ("isAdmin", "1"),
            ("isDelete", "1"),
        ];
        stand.post(RECALL, &form).await.assert_done();
    }

    assert_eq!(recalled(&stand, "bob"), [true]);
}

#[tokio::test]
async fn an_unheard_of_conversation_is_1002() {
    let stand = Stand::start();

    for conversation in ["0", "5", "x", "11"] {
        recall(&stand, "alice", conversation, "bob", "A-B-C-D").await.assert_refused(400, 1002);
    }
}
