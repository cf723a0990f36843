//! The optional parameters of a message: kept where they have an effect, and what a phone would show by them.

use hongbao_sandbox::{Message, Push};
use reqwest::Method;

use crate::test_sandbox::{GROUP, LEGACY, PRIVATE, SYSTEM, TestSandbox};

/// Every parameter that a caller may send with any kind of message, and an old one that none has.
const ALL: [(&str, &str); 17] = [
    ("contentAvailable", "1"),
    ("count", "3"),
    ("disablePush", "false"),
    ("disableUpdateLastMsg", "true"),
    ("expansion", "true"),
    ("extraContent", r#"{"state":"unclaimed"}"#),
    ("isCounted", "1"),
    ("isIncludeSender", "1"),
    ("isMentioned", "1"),
    ("isPersisted", "1"),
    ("msgRandom", "7"),
    ("needReadReceipt", "1"),
    ("pushContent", "恭喜发财"),
    ("pushData", "d"),
    ("pushExt", r#"{"title":"t"}"#),
    ("verifyBlacklist", "1"),
    ("unheard", "of"),
];

/// Sends a message with every parameter, and gives the names of those that bob's copy has.
async fn kept(sandbox: &TestSandbox, path: &str, to: &[(&str, &str)]) -> Vec<&'static str> {
    let letter = [("fromUserId", "alice"), ("objectName", "HB:Test"), ("content", "{}")];
    let form: Vec<_> = letter.into_iter().chain(to.iter().copied()).chain(ALL).collect();
    let answer = sandbox.post(path, &form).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    last(sandbox, "bob").parameters.into_keys().collect()
}

fn last(sandbox: &TestSandbox, user_id: &str) -> Message {
    sandbox.sandbox.messages(user_id).pop().expect("there is a message")
}

/// The names of all parameters without those.
fn all_but(names: &[&str]) -> Vec<&'static str> {
    ALL.into_iter().map(|(name, _)| name).filter(|name| *name != "unheard" && !names.contains(name)).collect()
}

#[tokio::test]
async fn each_kind_of_message_keeps_the_parameters_that_have_an_effect_on_it() {
    let sandbox = TestSandbox::start();
    for group in ["friends", "others"] {
        sandbox.create_group(group, "", &["alice", "bob", "carol"]).await;
    }
    let (bob, carol) = (("toUserId", "bob"), ("toUserId", "carol"));
    let (friends, others) = (("toGroupId", "friends"), ("toGroupId", "others"));

    for (path, to, missing) in [
        (PRIVATE, vec![bob], vec!["isMentioned"]),
        (PRIVATE, vec![bob, carol], vec!["isMentioned", "count", "isIncludeSender"]),
        (GROUP, vec![friends], vec!["count", "verifyBlacklist"]),
        (
            GROUP,
            vec![friends, others],
            vec!["count", "verifyBlacklist", "disablePush", "expansion", "extraContent", "pushExt"],
        ),
        (
            GROUP,
            vec![friends, bob],
            vec!["count", "verifyBlacklist", "disablePush", "expansion", "extraContent", "pushExt"],
        ),
        (
            SYSTEM,
            vec![bob],
            vec!["isMentioned", "isIncludeSender", "verifyBlacklist", "expansion", "extraContent", "needReadReceipt"],
        ),
        (
            SYSTEM,
            vec![bob, carol],
            vec![
                "isMentioned",
                "isIncludeSender",
                "verifyBlacklist",
                "expansion",
                "extraContent",
                "needReadReceipt",
                "count",
            ],
        ),
    ] {
        assert_eq!(kept(&sandbox, path, &to).await, all_but(&missing), "{path} to {to:?}");
    }
    assert_eq!(kept(&sandbox, LEGACY, &[bob]).await, ["pushContent", "pushData"]);
}

#[tokio::test]
async fn a_parameter_is_shown_as_it_was_sent_and_an_empty_one_is_none() {
    let sandbox = TestSandbox::start();
    let letter = [("fromUserId", "alice"), ("toUserId", "bob"), ("objectName", "HB:Test"), ("content", "{}")];
    let form: Vec<_> = letter
        .into_iter()
        .chain([("pushContent", "红包 & 1+1=2"), ("pushData", ""), ("disablePush", "False")])
        .collect();

    sandbox.post(PRIVATE, &form).await;

    let shown = sandbox.control(Method::GET, "/sandbox/messages?userId=bob", "").await.json();
    assert_eq!([&shown[0]["pushContent"], &shown[0]["push"]], ["红包 & 1+1=2", "红包 & 1+1=2"]);
    assert_eq!((shown[0].get("pushData"), &shown[0]["disablePush"]), (None, &"False".into()));
    let request = sandbox.control(Method::GET, "/sandbox/requests", "").await.json();
    assert!(request[0]["form"].as_array().unwrap().contains(&serde_json::json!(["pushContent", "红包 & 1+1=2"])));
}

#[tokio::test]
async fn an_offline_receiver_of_a_custom_type_is_shown_only_what_the_sender_gave() {
    let sandbox = TestSandbox::start();
    let text = Some(Push::Text("hi".to_owned()));

    for (object_name, more, push) in [
        ("HB:Test", vec![], None),
        ("HB:Test", vec![("pushContent", "hi")], text.clone()),
        ("HB:Test", vec![("pushContent", "hi"), ("disablePush", "true")], None),
        ("RC:TxtMsg", vec![], Some(Push::Default)),
        ("RC:TxtMsg", vec![("pushContent", "hi")], text),
        ("RC:TxtMsg", vec![("disablePush", "True")], None),
        ("RC:InfoNtf", vec![], None),
    ] {
        let letter = [("fromUserId", "alice"), ("toUserId", "bob"), ("objectName", object_name), ("content", "{}")];
        let form: Vec<_> = letter.into_iter().chain(more.iter().copied()).collect();
        sandbox.post(PRIVATE, &form).await;
        assert_eq!(last(&sandbox, "bob").push, push, "{object_name} {more:?}");
    }
}

#[tokio::test]
async fn a_senders_own_copy_is_in_the_inbox_and_on_no_phone() {
    let sandbox = TestSandbox::start();
    sandbox.create_group("friends", "", &["alice", "bob", "carol"]).await;
    let letter = [("fromUserId", "alice"), ("objectName", "RC:TxtMsg"), ("content", "{}"), ("isIncludeSender", "1")];

    for (path, to) in [
        (PRIVATE, vec![("toUserId", "bob")]),
        (GROUP, vec![("toGroupId", "friends")]),
        (GROUP, vec![("toGroupId", "friends"), ("toUserId", "bob")]),
    ] {
        let form: Vec<_> = letter.into_iter().chain(to).collect();
        assert_eq!(sandbox.post(path, &form).await.status, 200);
        let (copy, received) = (last(&sandbox, "alice"), last(&sandbox, "bob"));
        assert_eq!((copy.message_uid, copy.to), (received.message_uid, received.to));
        assert_eq!((copy.push, received.push), (None, Some(Push::Default)));
    }
    assert_eq!(sandbox.contents("carol").len(), 1);
}
