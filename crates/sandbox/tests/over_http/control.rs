//! The control API.

use hongbao_sandbox::{Fault, Mishap, When};
use reqwest::Method;
use serde_json::{Value, json};

use crate::stand::{GET_TOKEN, PRIVATE, SYSTEM, Stand};

#[tokio::test]
async fn an_inbox_is_listed_oldest_first() {
    let stand = Stand::start();
    stand.publish("one").await;
    stand.publish("two").await;

    let answer = stand.control(Method::GET, "/sandbox/messages?userId=bob", "").await;

    assert_eq!(answer.status, 200);
    assert!(answer.content_type.starts_with("application/json"), "{}", answer.content_type);
    let mut inbox = answer.json();
    assert_eq!(inbox[0]["content"], "one");
    assert_eq!(inbox[1]["content"], "two");
    let sent_at = inbox[0]["sentAt"].take();
    let shape = sent_at.as_str().unwrap().replace(|c: char| c.is_ascii_digit(), "9");
    assert_eq!(shape, "9999-99-99T99:99:99.999Z");
    let uid = inbox[0]["messageUID"].take();
    assert_eq!(uid, stand.sandbox.messages("bob")[0].message_uid.as_str());
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
    let stand = Stand::start();

    let answer = stand.control(Method::GET, "/sandbox/messages?userId=nobody", "").await;

    assert_eq!((answer.status, answer.body.as_str()), (200, "[]"));
}

#[tokio::test]
async fn an_inbox_is_asked_for_by_user_id_alone() {
    let stand = Stand::start();

    for query in ["", "?user=bob", "?userId=bob&limit=1"] {
        let answer = stand.control(Method::GET, &format!("/sandbox/messages{query}"), "").await;
        assert_eq!(answer.status, 400, "{query}");
        assert!(answer.json()["error"].is_string());
    }
}

#[tokio::test]
async fn armed_faults_are_listed_as_they_were_understood() {
    let stand = Stand::start();
    let (short, long) = (
        json!({ "path": GET_TOKEN, "fault": "reject" }),
        json!({ "path": SYSTEM, "fault": "reset", "when": "after", "times": 3 }),
    );

    let answer = stand.control(Method::POST, "/sandbox/faults", &short.to_string()).await;
    stand.control(Method::POST, "/sandbox/faults", &long.to_string()).await;

    let understood = json!({ "path": GET_TOKEN, "fault": "reject", "when": "before", "times": 1 });
    assert_eq!((answer.status, answer.json()), (200, understood.clone()));
    let listed = stand.control(Method::GET, "/sandbox/faults", "").await;
    assert_eq!((listed.status, listed.json()), (200, json!([understood, long])));
    let armed = [Fault::new(GET_TOKEN, Mishap::Reject), Fault::new(SYSTEM, Mishap::Reset(When::After)).times(3)];
    assert_eq!(stand.sandbox.faults(), armed);
}

#[tokio::test]
async fn the_list_shows_how_often_a_fault_still_happens() {
    let stand = Stand::start();
    stand.sandbox.arm(Fault::new(PRIVATE, Mishap::Reject).times(3));

    stand.publish("{}").await;

    let listed = stand.control(Method::GET, "/sandbox/faults", "").await;
    assert_eq!(listed.json()[0]["times"], 2);
}

#[tokio::test]
async fn deleting_the_faults_disarms_them_all() {
    let stand = Stand::start();
    stand.sandbox.arm(Fault::new(PRIVATE, Mishap::Reject));
    stand.sandbox.arm(Fault::new(SYSTEM, Mishap::Timeout(When::Before)));

    let answer = stand.control(Method::DELETE, "/sandbox/faults", "").await;

    assert_eq!(answer.status, 204);
    assert_eq!(stand.sandbox.faults(), []);
}

#[tokio::test]
async fn a_fault_that_makes_no_sense_is_400_with_a_sentence_about_it() {
    let stand = Stand::start();
    let senseless: [(Value, &str); 11] = [
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
        let answer = stand.control(Method::POST, "/sandbox/faults", &order.to_string()).await;
        assert_eq!(answer.status, 400, "{order}");
        let error = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(error.contains(about), "{order}: {error}");
    }
    assert_eq!(stand.sandbox.faults(), []);
}

#[tokio::test]
async fn a_body_that_is_no_json_is_400() {
    let stand = Stand::start();

    let answer = stand.control(Method::POST, "/sandbox/faults", "path=x").await;

    assert_eq!(answer.status, 400);
    assert!(answer.json()["error"].is_string());
}

#[tokio::test]
async fn another_method_is_405() {
    let stand = Stand::start();

    for path in ["/", "/sandbox", "/sandbox/messages", "/sandbox/faults"] {
        let answer = stand.control(Method::PUT, path, "").await;
        assert_eq!((answer.status, answer.json()), (405, json!({ "error": "method not allowed" })));
    }
}

#[tokio::test]
async fn the_front_page_says_what_this_is() {
    let stand = Stand::start();

    for path in ["/", "/sandbox"] {
        let answer = stand.control(Method::GET, path, "").await;
        assert_eq!(answer.status, 200);
        assert!(answer.content_type.starts_with("text/plain"), "{}", answer.content_type);
        for part in ["sandbox", "/sandbox/messages", "/sandbox/faults", GET_TOKEN, PRIVATE, SYSTEM] {
            assert!(answer.body.contains(part), "{part}");
        }
    }
}
