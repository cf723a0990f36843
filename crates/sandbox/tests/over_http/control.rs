//! The control API.

use hongbao_sandbox::{FaultRule, InjectedFault, MAX_FAULTS, When};
use reqwest::Method;
use serde_json::{Value, json};

use crate::test_sandbox::{BLACKLIST_ADD, DISMISS, GET_TOKEN, PRIVATE, RECALL, SYSTEM, TestSandbox};

#[tokio::test]
async fn an_inbox_is_listed_oldest_first() {
    let sandbox = TestSandbox::start();
    sandbox.publish("one").await;
    sandbox.publish("two").await;

    let answer = sandbox.control(Method::GET, "/sandbox/messages?userId=bob", "").await;

    assert_eq!(answer.status, 200);
    assert!(answer.content_type.starts_with("application/json"), "{}", answer.content_type);
    let mut inbox = answer.json();
    assert_eq!(inbox[0]["content"], "one");
    assert_eq!(inbox[1]["content"], "two");
    let sent_at = inbox[0]["sentAt"].take();
    let shape = sent_at.as_str().unwrap().replace(|c: char| c.is_ascii_digit(), "9");
    assert_eq!(shape, "9999-99-99T99:99:99.999Z");
    let uid = inbox[0]["messageUID"].take();
    assert_eq!(uid, sandbox.sandbox.messages("bob")[0].message_uid.as_str());
    let rest = json!({
        "fromUserId": "alice",
        "toUserId": "bob",
        "objectName": "HB:Test",
        "content": "one",
        "messageUID": null,
        "sentAt": null,
    });
    assert_eq!(inbox[0], rest);
}

#[tokio::test]
async fn a_stranger_has_an_empty_inbox() {
    let sandbox = TestSandbox::start();

    let answer = sandbox.control(Method::GET, "/sandbox/messages?userId=nobody", "").await;

    assert_eq!((answer.status, answer.body.as_str()), (200, "[]"));
}

#[tokio::test]
async fn an_inbox_is_asked_for_by_user_id_alone() {
    let sandbox = TestSandbox::start();

    for query in ["", "?user=bob", "?userId=bob&limit=1"] {
        let answer = sandbox.control(Method::GET, &format!("/sandbox/messages{query}"), "").await;
        assert_eq!(answer.status, 400, "{query}");
        assert!(answer.json()["error"].is_string());
    }
}

#[tokio::test]
async fn a_user_is_shown_registered_or_not() {
    let sandbox = TestSandbox::start();
    for name in ["Alice", "Ali"] {
        sandbox.post(GET_TOKEN, &[("userId", "alice"), ("name", name), ("portraitUri", "http://a/1.png")]).await;
    }
    for id in ["bob", "carol"] {
        sandbox.post(BLACKLIST_ADD, &[("userId", "alice"), ("blackUserId", id)]).await.assert_done();
    }

    let alice = sandbox.control(Method::GET, "/sandbox/users/alice", "").await;
    let nobody = sandbox.control(Method::GET, "/sandbox/users/nobody", "").await;

    let shown = json!({
        "registered": true,
        "name": "Ali",
        "portraitUri": "http://a/1.png",
        "tokens": 2,
        "blacklist": ["carol", "bob"],
    });
    assert_eq!((alice.status, alice.json()), (200, shown));
    let shown = json!({ "registered": false, "name": "", "portraitUri": "", "tokens": 0, "blacklist": [] });
    assert_eq!((nobody.status, nobody.json()), (200, shown));
}

#[tokio::test]
async fn a_group_is_shown_even_after_its_end() {
    let sandbox = TestSandbox::start();
    sandbox.create_group("friends", "Friends", &["carol", "alice"]).await;

    let alive = sandbox.control(Method::GET, "/sandbox/groups/friends", "").await;
    sandbox.post(DISMISS, &[("userId", "alice"), ("groupId", "friends")]).await.assert_done();
    let dismissed = sandbox.control(Method::GET, "/sandbox/groups/friends", "").await;
    let unknown = sandbox.control(Method::GET, "/sandbox/groups/unknown", "").await;

    let shown = json!({ "name": "Friends", "members": ["carol", "alice"], "dismissed": false });
    assert_eq!((alive.status, alive.json()), (200, shown));
    assert_eq!(dismissed.json(), json!({ "name": "Friends", "members": [], "dismissed": true }));
    assert_eq!(unknown.status, 404);
    assert!(unknown.json()["error"].is_string());
}

#[tokio::test]
async fn a_message_to_a_group_is_listed_with_the_group_and_a_recalled_one_marked() {
    let sandbox = TestSandbox::start();
    sandbox.create_group("friends", "Friends", &["bob"]).await;
    sandbox.publish_to("friends", "{}").await;
    let uid = sandbox.sandbox.messages("bob")[0].message_uid.clone();
    let form =
        [("fromUserId", "alice"), ("conversationType", "3"), ("targetId", "friends"), ("messageUID", uid.as_str())];
    sandbox.post(RECALL, &form).await.assert_done();

    let answer = sandbox.control(Method::GET, "/sandbox/messages?userId=bob", "").await;

    let message = &answer.json()[0];
    assert_eq!((&message["toGroupId"], &message["recalled"]), (&json!("friends"), &json!(true)));
    assert_eq!(message.get("toUserId"), None);
}

#[tokio::test]
async fn too_many_faults_are_409() {
    let sandbox = TestSandbox::start();
    for _ in 0..MAX_FAULTS {
        assert!(sandbox.sandbox.arm(FaultRule::new(PRIVATE, InjectedFault::Reject)));
    }

    let order = json!({ "path": GET_TOKEN, "fault": "reject" });
    let answer = sandbox.control(Method::POST, "/sandbox/faults", &order.to_string()).await;

    assert_eq!(answer.status, 409);
    assert!(answer.json()["error"].is_string());
    assert_eq!(sandbox.sandbox.faults().len(), MAX_FAULTS);
}

#[tokio::test]
async fn armed_faults_are_listed_as_they_were_understood() {
    let sandbox = TestSandbox::start();
    let (short, long) = (
        json!({ "path": GET_TOKEN, "fault": "reject" }),
        json!({ "path": SYSTEM, "fault": "reset", "when": "after", "times": 3 }),
    );

    let answer = sandbox.control(Method::POST, "/sandbox/faults", &short.to_string()).await;
    sandbox.control(Method::POST, "/sandbox/faults", &long.to_string()).await;

    let understood = json!({ "path": GET_TOKEN, "fault": "reject", "when": "before", "times": 1 });
    assert_eq!((answer.status, answer.json()), (200, understood.clone()));
    let listed = sandbox.control(Method::GET, "/sandbox/faults", "").await;
    assert_eq!((listed.status, listed.json()), (200, json!([understood, long])));
    let armed = [
        FaultRule::new(GET_TOKEN, InjectedFault::Reject),
        FaultRule::new(SYSTEM, InjectedFault::Reset(When::After)).times(3),
    ];
    assert_eq!(sandbox.sandbox.faults(), armed);
}

#[tokio::test]
async fn the_list_shows_how_often_a_fault_still_happens() {
    let sandbox = TestSandbox::start();
    sandbox.sandbox.arm(FaultRule::new(PRIVATE, InjectedFault::Reject).times(3));

    sandbox.publish("{}").await;

    let listed = sandbox.control(Method::GET, "/sandbox/faults", "").await;
    assert_eq!(listed.json()[0]["times"], 2);
}

#[tokio::test]
async fn deleting_the_faults_disarms_them_all() {
    let sandbox = TestSandbox::start();
    sandbox.sandbox.arm(FaultRule::new(PRIVATE, InjectedFault::Reject));
    sandbox.sandbox.arm(FaultRule::new(SYSTEM, InjectedFault::Timeout(When::Before)));

    let answer = sandbox.control(Method::DELETE, "/sandbox/faults", "").await;

    assert_eq!(answer.status, 204);
    assert_eq!(sandbox.sandbox.faults(), []);
}

#[tokio::test]
async fn a_fault_that_makes_no_sense_is_400_with_a_sentence_about_it() {
    let sandbox = TestSandbox::start();
    let senseless: [(Value, &str); 17] = [
        (json!({ "path": PRIVATE, "fault": "reject", "when": "later" }), "only before"),
        (json!({ "path": PRIVATE, "fault": "code", "code": 1009, "when": "after" }), "only before"),
        (json!({ "path": PRIVATE, "fault": "code", "code": 200 }), "code must be one of 404, "),
        (json!({ "path": PRIVATE, "fault": "code" }), "code must be one of 404, "),
        (json!({ "path": PRIVATE, "fault": "reject", "code": 1009 }), "code belongs"),
        (json!({ "path": PRIVATE, "fault": "code", "code": -1 }), "-1"),
        (json!({ "path": PRIVATE, "fault": "reject", "when": "after" }), "only before"),
        (json!({ "path": PRIVATE, "fault": "rate_limit", "when": "after" }), "only before"),
        (json!({ "path": PRIVATE, "fault": "explode" }), "explode"),
        (json!({ "path": PRIVATE, "fault": "reject", "when": "during" }), "during"),
        (json!({ "path": PRIVATE, "fault": "reject", "times": 0 }), "times"),
        (json!({ "path": PRIVATE, "fault": "reject", "times": -1 }), "-1"),
        (json!({ "path": PRIVATE, "fault": "reject", "delay": 1 }), "delay"),
        (json!({ "path": "/user/unheard.json", "fault": "reject" }), "path must be one of /user/getToken.json, "),
        (json!({ "fault": "reject" }), "path"),
        (json!({ "path": PRIVATE }), "fault"),
        (json!("reject"), "reject"),
    ];

    for (order, about) in senseless {
        let answer = sandbox.control(Method::POST, "/sandbox/faults", &order.to_string()).await;
        assert_eq!(answer.status, 400, "{order}");
        let error = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(error.contains(about), "{order}: {error}");
    }
    assert_eq!(sandbox.sandbox.faults(), []);
}

#[tokio::test]
async fn a_body_that_is_no_json_is_400() {
    let sandbox = TestSandbox::start();

    let answer = sandbox.control(Method::POST, "/sandbox/faults", "path=x").await;

    assert_eq!(answer.status, 400);
    assert!(answer.json()["error"].is_string());
}

#[tokio::test]
async fn another_method_is_405() {
    let sandbox = TestSandbox::start();

    for path in [
        "/",
        "/sandbox",
        "/sandbox/messages",
        "/sandbox/users/bob",
        "/sandbox/groups/friends",
        "/sandbox/requests",
        "/sandbox/counters",
        "/sandbox/faults",
        "/sandbox/late",
        "/sandbox/late/release",
        "/sandbox/quotas",
    ] {
        let answer = sandbox.control(Method::PUT, path, "").await;
        assert_eq!((answer.status, answer.json()), (405, json!({ "error": "method not allowed" })));
    }
}

#[tokio::test]
async fn the_front_page_says_what_this_is() {
    let sandbox = TestSandbox::start();

    for path in ["/", "/sandbox"] {
        let answer = sandbox.control(Method::GET, path, "").await;
        assert_eq!(answer.status, 200);
        assert!(answer.content_type.starts_with("text/plain"), "{}", answer.content_type);
        for part in [
            "/sandbox/messages?userId=",
            "/sandbox/users/",
            "/sandbox/groups/",
            "/sandbox/requests",
            "/sandbox/counters",
            "/sandbox/faults",
            "/sandbox/late/release",
            "/sandbox/quotas",
            GET_TOKEN,
            PRIVATE,
            SYSTEM,
        ] {
            assert!(answer.body.contains(part), "{part}");
        }
    }
}
