//! What the official SDKs really send, and a naive server gets wrong.

use std::io::Read;

use reqwest::Method;

use crate::test_sandbox::{APP_KEY, APP_SECRET, GET_TOKEN, PRIVATE, TestSandbox, encode, letter, sign};

#[tokio::test]
async fn lower_case_headers_with_the_prefix_are_enough() {
    let sandbox = TestSandbox::start();
    let signature = sign(APP_SECRET, "0.38895750702911247", "1408710653000");

    let headers = [
        ("rc-app-key", APP_KEY),
        ("rc-nonce", "0.38895750702911247"),
        ("rc-timestamp", "1408710653000"),
        ("rc-signature", &signature),
    ];
    let answer = sandbox.send(Method::POST, PRIVATE, &headers, encode(&letter("{}"))).await;

    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_timestamp_may_be_in_seconds_and_a_nonce_of_any_form() {
    let sandbox = TestSandbox::start();

    for (nonce, timestamp) in [
        ("5577006791947779410", "1795392377"),
        ("990356.7331736763", "1795392377000"),
        ("1.2E-4", "0"),
        ("a-rather-long-nonce-of-more-than-eighteen-characters", "99999999999999"),
    ] {
        let signature = sign(APP_SECRET, nonce, timestamp);
        let headers =
            [("App-Key", APP_KEY), ("Nonce", nonce), ("Timestamp", timestamp), ("Signature", signature.as_str())];
        let answer = sandbox.send(Method::POST, PRIVATE, &headers, encode(&letter("{}"))).await;
        assert_eq!(answer.status, 200, "{nonce} {timestamp}");
    }
}

#[tokio::test]
async fn an_upper_case_signature_is_accepted() {
    let sandbox = TestSandbox::start();
    let signature = sign(APP_SECRET, "14314", "1408710653000").to_uppercase();

    let headers = crate::test_sandbox::headers(&signature);
    let answer = sandbox.send(Method::POST, PRIVATE, &headers, encode(&letter("{}"))).await;

    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn the_same_signature_serves_again_and_again() {
    let sandbox = TestSandbox::start();

    for _ in 0..3 {
        assert_eq!(sandbox.publish("{}").await.status, 200);
    }

    assert_eq!(sandbox.inbox().len(), 3);
}

#[tokio::test]
async fn a_request_id_changes_nothing() {
    let sandbox = TestSandbox::start();
    let signature = sign(APP_SECRET, "14314", "1408710653000");

    let mut headers = crate::test_sandbox::headers(&signature).to_vec();
    headers.push(("X-Request-ID", "f4353e3b-a154-46fd-af95-5459ab69efdf"));
    let answer = sandbox.send(Method::POST, PRIVATE, &headers, encode(&letter("{}"))).await;

    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_raw_utf8_body_with_a_stray_ampersand_is_accepted() {
    let sandbox = TestSandbox::start();

    let body = "userId=u1&name=张三 & Co=1+2&portraitUri=http://abc.com/my portrait.jpg?a=1&b=2";
    let answer = sandbox.post_raw(GET_TOKEN, body).await;

    assert_eq!(answer.status, 200);
    let user = sandbox.sandbox.user("u1").unwrap();
    assert_eq!(user.name, "张三 ");
    assert_eq!(user.portrait_uri, "http://abc.com/my portrait.jpg?a=1");
}

#[tokio::test]
async fn bytes_that_are_no_text_are_accepted() {
    let sandbox = TestSandbox::start();

    let body = b"userId=u1&name=\xc0\xff%FF%".to_vec();
    let answer = sandbox.post_raw(GET_TOKEN, body).await;

    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn spaces_may_be_plus_or_percent_20() {
    let sandbox = TestSandbox::start();

    for content in ["a+b", "a%20b"] {
        let body = format!("fromUserId=alice&toUserId=bob&objectName=HB%3ATest&content={content}");
        assert_eq!(sandbox.post_raw(PRIVATE, body).await.status, 200);
    }

    assert_eq!(sandbox.inbox(), ["a b", "a b"]);
}

#[tokio::test]
async fn neither_order_nor_unknown_nor_legacy_parameters_matter() {
    let sandbox = TestSandbox::start();
    let form = [
        ("pushData", ""),
        ("content", "{}"),
        ("isCounted", "1"),
        ("toUserId", "bob"),
        ("contentAvailable", "0"),
        ("disablePush", "True"),
        ("objectName", "HB:Test"),
        ("unheard", "of"),
        ("fromUserId", "alice"),
    ];

    assert_eq!(sandbox.post(PRIVATE, &form).await.status, 200);

    assert_eq!(sandbox.inbox(), ["{}"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_needs_no_space_after_its_colon() {
    let sandbox = TestSandbox::start();

    let mut connection = sandbox.request("{}");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();

    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}
