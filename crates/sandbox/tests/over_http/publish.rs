//! `POST /message/private/publish.json`, the older `/message/publish.json`, and `/message/system/publish.json`.

use std::collections::HashSet;

use hongbao_sandbox::Target;
use serde_json::json;

use crate::test_sandbox::{Answer, LEGACY, PRIVATE, SYSTEM, TestSandbox, letter};

#[tokio::test]
async fn a_message_stands_once_in_the_inbox_of_each_receiver() {
    for path in [PRIVATE, SYSTEM] {
        let sandbox = TestSandbox::start();
        let form = [
            ("fromUserId", "alice"),
            ("toUserId", "bob"),
            ("toUserId", "carol"),
            ("toUserId", "bob"),
            ("objectName", "RC:TxtMsg"),
            ("content", r#"{"content":"恭喜发财 🧧 1+1=2 & more"}"#),
        ];

        let answer = sandbox.post(path, &form).await;

        assert_eq!(answer.status, 200);
        assert_eq!(answer.content_type, "application/json; charset=utf-8");
        let [bob, carol] = ["bob", "carol"].map(|user_id| {
            let mut inbox = sandbox.sandbox.messages(user_id);
            assert_eq!(inbox.len(), 1);
            inbox.remove(0)
        });
        let message_uids = json!([
            { "userId": "bob", "messageUID": bob.message_uid },
            { "userId": "carol", "messageUID": carol.message_uid },
        ]);
        assert_eq!(answer.json(), json!({ "code": 200, "messageUIDs": message_uids }));
        assert_ne!(bob.message_uid, carol.message_uid);
        assert_eq!(bob.from_user_id, "alice");
        assert_eq!(bob.to, Target::User("bob".to_owned()));
        assert_eq!(bob.object_name, "RC:TxtMsg");
        assert_eq!(bob.content, r#"{"content":"恭喜发财 🧧 1+1=2 & more"}"#);
        assert_eq!(sandbox.sandbox.messages("alice"), []);
    }
}

#[tokio::test]
async fn message_uids_are_four_groups_of_four_and_never_repeat() {
    let sandbox = TestSandbox::start();
    let mut seen = HashSet::new();

    for _ in 0..10 {
        let body = sandbox.publish("{}").await.json();
        let uid = body["messageUIDs"][0]["messageUID"].as_str().unwrap();
        assert!(uid.split('-').map(str::len).eq([4, 4, 4, 4]), "{uid}");
        assert!(seen.insert(uid.to_owned()));
    }
}

#[tokio::test]
async fn a_private_message_has_at_most_1000_receivers() {
    let sandbox = TestSandbox::start();

    for path in [PRIVATE, LEGACY] {
        assert_eq!(send_to(&sandbox, path, 1_000).await.status, 200);
        let refused = send_to(&sandbox, path, 1_001).await;

        refused.assert_refused(400, 1002);
        assert_eq!(refused.json()["errorMessage"], "the number of toUserId should less than 1000.");
    }
    assert_eq!(sandbox.sandbox.messages("u0").len(), 2);
    assert_eq!(sandbox.sandbox.messages("u999").len(), 2);
}

#[tokio::test]
async fn a_system_message_has_at_most_100_receivers() {
    let sandbox = TestSandbox::start();

    assert_eq!(send_to(&sandbox, SYSTEM, 100).await.status, 200);
    send_to(&sandbox, SYSTEM, 101).await.assert_refused(400, 1002);

    assert_eq!(sandbox.sandbox.messages("u0").len(), 1);
}

async fn send_to(sandbox: &TestSandbox, path: &str, receivers: usize) -> Answer {
    let ids: Vec<String> = (0..receivers).map(|n| format!("u{n}")).collect();
    let mut form = vec![("fromUserId", "alice"), ("objectName", "HB:Test"), ("content", "{}")];
    form.extend(ids.iter().map(|id| ("toUserId", id.as_str())));
    sandbox.post(path, &form).await
}

#[tokio::test]
async fn each_missing_parameter_is_1002() {
    for path in [PRIVATE, SYSTEM, LEGACY] {
        let sandbox = TestSandbox::start();

        for parameter in ["fromUserId", "toUserId", "objectName", "content"] {
            let mut form = letter("{}").to_vec();
            form.retain(|(key, _)| *key != parameter);
            let answer = sandbox.post(path, &form).await;
            answer.assert_refused(400, 1002);
            assert_eq!(answer.json()["errorMessage"], format!("{parameter} is required."));
        }
        assert_eq!(sandbox.inbox(), [""; 0]);
    }
}

#[tokio::test]
async fn the_longest_message_is_accepted() {
    for path in [PRIVATE, SYSTEM, LEGACY] {
        let sandbox = TestSandbox::start();
        let (object_name, content) = ("x".repeat(32), "%".repeat(128 * 1024));

        let form = [("fromUserId", "alice"), ("toUserId", "bob"), ("objectName", &object_name), ("content", &content)];

        assert_eq!(sandbox.post(path, &form).await.status, 200);
        assert_eq!(sandbox.inbox(), [content]);
    }
}

#[tokio::test]
async fn a_value_that_is_too_long_is_1005() {
    for path in [PRIVATE, SYSTEM, LEGACY] {
        let sandbox = TestSandbox::start();
        let (id, object_name, content) = ("u".repeat(65), "x".repeat(33), "x".repeat(128 * 1024 + 1));

        let too_long = [("fromUserId", &id), ("toUserId", &id), ("objectName", &object_name), ("content", &content)];
        for (parameter, value) in too_long {
            let form = letter("{}").map(|(key, short)| (key, if key == parameter { value } else { short }));
            sandbox.post(path, &form).await.assert_refused(400, 1005);
        }
        assert_eq!(sandbox.inbox(), [""; 0]);
    }
}

#[tokio::test]
async fn a_type_with_the_prefix_of_the_cloud_is_1002_unless_it_is_built_in() {
    for path in [PRIVATE, SYSTEM, LEGACY] {
        let sandbox = TestSandbox::start();

        for (object_name, status) in [("RC:TxtMsg", 200), ("RC:Mine", 400), ("RCJrmf:RpMsg", 200)] {
            let form = letter("{}").map(|(key, value)| (key, if key == "objectName" { object_name } else { value }));
            let answer = sandbox.post(path, &form).await;
            assert_eq!(answer.status, status, "{object_name}");
            if status == 400 {
                answer.assert_refused(400, 1002);
            }
        }
        assert_eq!(sandbox.inbox().len(), 2);
    }
}

#[tokio::test]
async fn the_sender_of_a_private_message_gets_a_copy_on_request() {
    let sandbox = TestSandbox::start();
    let with_copy = |path| {
        let form: Vec<_> = letter("{}").into_iter().chain([("isIncludeSender", "1")]).collect();
        let sandbox = &sandbox;
        async move { sandbox.post(path, &form).await.json()["messageUIDs"].as_array().unwrap().len() }
    };

    assert_eq!((with_copy(PRIVATE).await, with_copy(SYSTEM).await), (1, 1));

    let copies = sandbox.sandbox.messages("alice");
    assert_eq!(copies, sandbox.sandbox.messages("bob")[..1]);
}

#[tokio::test]
async fn the_older_call_sends_the_same_and_answers_with_the_code_alone() {
    let sandbox = TestSandbox::start();
    let form: Vec<_> = letter("{}").into_iter().chain([("toUserId", "carol"), ("isIncludeSender", "1")]).collect();

    sandbox.post(LEGACY, &form).await.assert_done();

    for user_id in ["bob", "carol"] {
        assert_eq!(sandbox.contents(user_id), ["{}"]);
    }
    assert_eq!(sandbox.contents("alice"), [""; 0]);
}
