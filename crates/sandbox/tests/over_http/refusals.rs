//! What is refused whatever the endpoint.

use hongbao_sandbox::MAX_BODY_BYTES;
use reqwest::Method;
use serde_json::json;

use crate::test_sandbox::{
    APP_KEY, APP_SECRET, GET_TOKEN, PRIVATE, SYSTEM, TestSandbox, encode, headers, letter, sign,
};

#[tokio::test]
async fn a_wrong_app_key_is_1002() {
    let sandbox = TestSandbox::start();
    let signature = sign(APP_SECRET, "14314", "1408710653000");

    for path in [GET_TOKEN, PRIVATE, SYSTEM] {
        let mut headers = headers(&signature);
        headers[0].1 = "another";
        let answer = sandbox.send(Method::POST, path, &headers, encode(&letter("{}"))).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.content_type, "application/json; charset=utf-8");
        assert_eq!(answer.json(), json!({ "url": path, "code": 1002, "errorMessage": "invalid App-Key." }));
    }
    assert_eq!(sandbox.inbox(), [""; 0]);
}

#[tokio::test]
async fn a_missing_app_key_is_1002() {
    let sandbox = TestSandbox::start();

    let answer = sandbox.send(Method::POST, PRIVATE, &[], encode(&letter("{}"))).await;

    answer.assert_refused(400, 1002);
    assert_eq!(sandbox.inbox(), [""; 0]);
}

#[tokio::test]
async fn a_wrong_signature_is_1004() {
    let sandbox = TestSandbox::start();
    let signature = sign("another secret", "14314", "1408710653000");

    for path in [GET_TOKEN, PRIVATE, SYSTEM] {
        let answer = sandbox.send(Method::POST, path, &headers(&signature), encode(&letter("{}"))).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.json(), json!({ "url": path, "code": 1004, "errorMessage": "签名错误，请检查。" }));
    }
    assert_eq!(sandbox.inbox(), [""; 0]);
}

#[tokio::test]
async fn a_missing_signing_header_is_1004() {
    let sandbox = TestSandbox::start();
    let signature = sign(APP_SECRET, "", "");

    for missing in ["Nonce", "Timestamp", "Signature"] {
        let all = [("App-Key", APP_KEY), ("Nonce", ""), ("Timestamp", ""), ("Signature", signature.as_str())];
        let rest: Vec<_> = all.into_iter().filter(|(name, _)| *name != missing).collect();
        sandbox.send(Method::POST, PRIVATE, &rest, encode(&letter("{}"))).await.assert_refused(401, 1004);
    }
    assert_eq!(sandbox.inbox(), [""; 0]);
}

#[tokio::test]
async fn an_unknown_path_is_404_in_plain_text() {
    let sandbox = TestSandbox::start();

    for (method, path) in [(Method::POST, "/user/unheard.json"), (Method::GET, "/user/getToken")] {
        let answer = sandbox.send(method, path, &[], "").await;
        assert_eq!(answer.status, 404);
        assert!(answer.content_type.starts_with("text/plain"), "{}", answer.content_type);
        assert_eq!(answer.body, "Not a valid API");
    }
}

#[tokio::test]
async fn any_method_but_post_is_405() {
    let sandbox = TestSandbox::start();
    let signature = sign(APP_SECRET, "14314", "1408710653000");

    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let answer = sandbox.send(method, PRIVATE, &headers(&signature), encode(&letter("{}"))).await;
        answer.assert_refused(405, 405);
    }
    assert_eq!(sandbox.inbox(), [""; 0]);
}

#[tokio::test]
async fn a_body_may_be_a_mebibyte_and_no_more() {
    let sandbox = TestSandbox::start();
    let mut body = encode(&letter("{}")) + "&pushData=";
    body.push_str(&"x".repeat(MAX_BODY_BYTES - body.len()));

    assert_eq!(sandbox.post_raw(PRIVATE, body.clone()).await.status, 200);
    body.push('x');
    assert_eq!(sandbox.post_raw(PRIVATE, body).await.status, 413);

    assert_eq!(sandbox.inbox(), ["{}"]);
}
