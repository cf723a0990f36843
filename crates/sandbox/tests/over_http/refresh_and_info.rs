//! `POST /user/refresh.json` and `POST /user/info.json`.

use hongbao_sandbox::User;
use serde_json::json;
use time::{Duration, OffsetDateTime};

use crate::test_sandbox::{GET_TOKEN, INFO, REFRESH_USER, TestSandbox};

const ALICE: [(&str, &str); 3] = [("userId", "alice"), ("name", "Alice"), ("portraitUri", "http://a/1.png")];

#[tokio::test]
async fn a_refresh_changes_what_is_given_and_leaves_the_rest() {
    let sandbox = TestSandbox::start();
    sandbox.post(GET_TOKEN, &ALICE).await;

    sandbox.post(REFRESH_USER, &[("userId", "alice"), ("name", "爱丽丝")]).await.assert_done();
    let empty = [("userId", "alice"), ("name", ""), ("portraitUri", "http://a/2.png")];
    sandbox.post(REFRESH_USER, &empty).await.assert_done();

    let user = User { name: "爱丽丝".to_owned(), portrait_uri: "http://a/2.png".to_owned() };
    assert_eq!(sandbox.sandbox.user("alice"), Some(user));
}

#[tokio::test]
async fn a_refresh_of_somebody_unknown_is_1002_and_registers_nobody() {
    let sandbox = TestSandbox::start();

    let answer = sandbox.post(REFRESH_USER, &ALICE).await;

    assert_eq!(answer.status, 400);
    let message = "userIdalice is not exist.";
    assert_eq!(answer.json(), json!({ "url": REFRESH_USER, "code": 1002, "errorMessage": message }));
    assert_eq!(sandbox.sandbox.user("alice"), None);
}

#[tokio::test]
async fn a_refresh_heeds_the_limits() {
    let sandbox = TestSandbox::start();
    sandbox.post(GET_TOKEN, &[("userId", "alice")]).await;
    let (name, uri) = ("红".repeat(64), "p".repeat(1024));

    let form = [("userId", "alice"), ("name", &name), ("portraitUri", &uri)];
    sandbox.post(REFRESH_USER, &form).await.assert_done();
    let (name, uri) = (name + "红", uri + "p");
    sandbox.post(REFRESH_USER, &[("userId", "alice"), ("name", &name)]).await.assert_refused(400, 1005);
    sandbox.post(REFRESH_USER, &[("userId", "alice"), ("portraitUri", &uri)]).await.assert_refused(400, 1005);
}

#[tokio::test]
async fn info_shows_what_a_user_registered_with_and_when_in_beijing() {
    let sandbox = TestSandbox::start();
    let first = OffsetDateTime::from_unix_timestamp(1_464_057_499).unwrap();
    sandbox.sandbox.set_time(first);
    sandbox.post(GET_TOKEN, &ALICE).await;
    sandbox.sandbox.set_time(first + Duration::DAY);
    sandbox.post(GET_TOKEN, &ALICE).await;

    let answer = sandbox.post(INFO, &[("userId", "alice")]).await;

    let info = json!({
        "code": 200,
        "userName": "Alice",
        "userPortrait": "http://a/1.png",
        "createTime": "2016-05-24 10:38:19",
    });
    assert_eq!((answer.status, answer.json()), (200, info));
}

#[tokio::test]
async fn info_on_somebody_unknown_is_code_400() {
    let sandbox = TestSandbox::start();

    sandbox.post(INFO, &[("userId", "alice")]).await.assert_refused(400, 400);
}
