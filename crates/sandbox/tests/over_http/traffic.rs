//! What the sandbox says that it was asked.

use std::collections::BTreeMap;

use hongbao_sandbox::{Counters, FaultRule, InjectedFault};
use reqwest::Method;
use serde_json::json;

use crate::test_sandbox::{APP_KEY, GET_TOKEN, PRIVATE, TestSandbox, headers, sign};

fn counters(requests: u64, paths: &[(&str, u64)], elsewhere: u64, connections: &[u64]) -> Counters {
    let paths: BTreeMap<_, _> = paths.iter().map(|(path, count)| ((*path).to_owned(), *count)).collect();
    Counters { requests, paths, elsewhere, connections: connections.to_vec() }
}

#[tokio::test]
async fn requests_are_counted_by_path_whatever_became_of_them() {
    let sandbox = TestSandbox::start();
    sandbox.sandbox.arm(FaultRule::new(PRIVATE, InjectedFault::Reject));

    sandbox.publish("rejected").await;
    sandbox.publish("accepted").await;
    sandbox.post(GET_TOKEN, &[]).await.assert_refused(400, 1002);
    sandbox.send(Method::GET, GET_TOKEN, &[], "").await.assert_refused(405, 405);
    sandbox.post("/user/unheard.json", &[]).await;
    sandbox.control(Method::GET, "/sandbox", "").await;

    let expected = counters(5, &[(GET_TOKEN, 2), (PRIVATE, 2)], 1, &[5]);
    assert_eq!(sandbox.sandbox.counters(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_counted_by_connection() {
    let sandbox = TestSandbox::start();

    sandbox.publish("one").await;
    crate::test_sandbox::read_to_the_end(&mut sandbox.request("two"));
    sandbox.publish("three").await;

    assert_eq!(sandbox.sandbox.counters(), counters(3, &[(PRIVATE, 3)], 0, &[2, 1]));
}

#[tokio::test]
async fn counters_are_read_and_reset_over_the_control_api() {
    let sandbox = TestSandbox::start();
    sandbox.publish("{}").await;

    let counted = sandbox.control(Method::GET, "/sandbox/counters", "").await;
    let reset = sandbox.control(Method::DELETE, "/sandbox/counters", "").await;

    let expected = json!({ "requests": 1, "paths": { PRIVATE: 1 }, "elsewhere": 0, "connections": [1] });
    assert_eq!((counted.status, counted.json()), (200, expected));
    assert_eq!(reset.status, 204);
    assert_eq!(sandbox.sandbox.counters(), Counters::default());
}

#[tokio::test]
async fn requests_are_shown_as_they_came_without_their_signature() {
    let sandbox = TestSandbox::start();
    let signature = sign("another secret", "14314", "1408710653000");
    let body = "userId=alice&name=%E7%BA%A2+%26&userId=&x=a%20b";

    sandbox.send(Method::POST, GET_TOKEN, &headers(&signature), body).await.assert_refused(401, 1004);
    sandbox.publish("{}").await;
    let answer = sandbox.control(Method::GET, &format!("/sandbox/requests?path={GET_TOKEN}"), "").await;

    assert!(!answer.body.contains(&signature));
    let mut shown = answer.json();
    assert_eq!((answer.status, shown.as_array().unwrap().len()), (200, 1));
    let sent = shown[0]["headers"].take();
    for (name, value) in
        [("app-key", APP_KEY), ("nonce", "14314"), ("timestamp", "1408710653000"), ("signature", "(hidden)")]
    {
        assert_eq!(sent[name], value);
    }
    let form = json!([["userId", "alice"], ["name", "红 &"], ["userId", ""], ["x", "a b"]]);
    let rest = json!({ "method": "POST", "path": GET_TOKEN, "headers": null, "form": form, "body": body });
    assert_eq!(shown[0], rest);
}

#[tokio::test]
async fn requests_on_all_paths_are_shown_oldest_first() {
    let sandbox = TestSandbox::start();
    sandbox.post("/user/unheard.json", &[]).await;
    sandbox.publish("{}").await;

    let answer = sandbox.control(Method::GET, "/sandbox/requests", "").await;

    let paths: Vec<_> = answer.json().as_array().unwrap().iter().map(|request| request["path"].clone()).collect();
    assert_eq!(paths, ["/user/unheard.json", PRIVATE]);
    assert_eq!(json!(sandbox.sandbox.requests(None)), answer.json());
    assert_eq!(sandbox.control(Method::GET, "/sandbox/requests?last=1", "").await.status, 400);
}
