//! `POST /user/getToken.json`.

use hongbao_sandbox::User;
use serde_json::json;

use crate::test_sandbox::{GET_TOKEN, TestSandbox};

#[tokio::test]
async fn asking_for_a_token_registers_the_user() {
    let sandbox = TestSandbox::start();

    let form = [("userId", "alice"), ("name", "张三 & Co=1+2"), ("portraitUri", "http://a/1.png?a=1&b=2")];
    let answer = sandbox.post(GET_TOKEN, &form).await;

    assert_eq!(answer.status, 200);
    assert_eq!(answer.content_type, "application/json; charset=utf-8");
    let body = answer.json();
    assert_eq!(body["code"], json!(200));
    assert_eq!(body["userId"], json!("alice"));
    assert!((1..=256).contains(&body["token"].as_str().unwrap().len()));
    let user = User { name: "张三 & Co=1+2".to_owned(), portrait_uri: "http://a/1.png?a=1&b=2".to_owned() };
    assert_eq!(sandbox.sandbox.user("alice"), Some(user));
}

#[tokio::test]
async fn asking_again_overwrites_what_is_given_and_gives_another_token() {
    let sandbox = TestSandbox::start();
    let form = [("userId", "alice"), ("name", "Alice"), ("portraitUri", "http://a/1.png")];
    let first = sandbox.post(GET_TOKEN, &form).await;

    let form = [("userId", "alice"), ("name", "Ali"), ("portraitUri", "")];
    let second = sandbox.post(GET_TOKEN, &form).await;

    assert_ne!(first.json()["token"], second.json()["token"]);
    let user = User { name: "Ali".to_owned(), portrait_uri: "http://a/1.png".to_owned() };
    assert_eq!(sandbox.sandbox.user("alice"), Some(user));
}

#[tokio::test]
async fn a_name_is_not_needed() {
    let sandbox = TestSandbox::start();

    let answer = sandbox.post(GET_TOKEN, &[("userId", "alice")]).await;

    assert_eq!(answer.status, 200);
    assert_eq!(sandbox.sandbox.user("alice"), Some(User::default()));
}

#[tokio::test]
async fn a_missing_user_id_is_1002() {
    let sandbox = TestSandbox::start();

    let answer = sandbox.post(GET_TOKEN, &[("name", "Alice")]).await;

    assert_eq!(answer.status, 400);
    assert_eq!(answer.json(), json!({ "url": GET_TOKEN, "code": 1002, "errorMessage": "userId is required." }));
}

#[tokio::test]
async fn the_longest_values_are_accepted() {
    let sandbox = TestSandbox::start();
    let (id, name, uri) = ("u".repeat(64), "红".repeat(64), "p".repeat(1024));

    let answer = sandbox.post(GET_TOKEN, &[("userId", &id), ("name", &name), ("portraitUri", &uri)]).await;

    assert_eq!(answer.status, 200);
    assert_eq!(sandbox.sandbox.user(&id), Some(User { name, portrait_uri: uri }));
}

#[tokio::test]
async fn a_value_that_is_too_long_is_1005() {
    let sandbox = TestSandbox::start();
    let (id, name, uri) = ("u".repeat(65), "红".repeat(65), "p".repeat(1025));

    let too_long: [&[(&str, &str)]; 3] =
        [&[("userId", &id)], &[("userId", "alice"), ("name", &name)], &[("userId", "alice"), ("portraitUri", &uri)]];
    for form in too_long {
        sandbox.post(GET_TOKEN, form).await.assert_refused(400, 1005);
    }
    assert_eq!(sandbox.sandbox.user("alice"), None);
}
