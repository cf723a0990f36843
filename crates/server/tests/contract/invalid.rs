//! Status 100: what is no request of this contract, for each of the two methods. It moves nothing.

use insta::assert_json_snapshot;
use reqwest::Method;

use crate::{
    fixture::Fixture,
    request::{Format, Request, accept, publish},
};

/// One byte more than any of the two methods takes.
const TOO_LARGE: usize = 64 * 1024 + 1;

fn raw(content_type: &'static str, body: impl Into<String>) -> Format {
    Format::Raw(content_type, body.into())
}

/// A publish and an accept that would be right, for a packet that is there.
async fn stage() -> (Fixture, Request, Request) {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;
    (fixture, publish(), accept(&id))
}

#[tokio::test]
async fn http_400_a_body_that_is_not_what_it_says() {
    let (fixture, publish, accept) = stage().await;
    let broken = raw("application/json", r#"{"session_key": "session-alice","#);
    assert_json_snapshot!("publish_400_json", fixture.refuses(publish.in_format(broken.clone())).await);
    assert_json_snapshot!("accept_400_json", fixture.refuses(accept.in_format(broken)).await);
}

#[tokio::test]
async fn http_400_a_parameter_that_comes_twice() {
    let (fixture, publish, accept) = stage().await;
    let twice = publish.with_another("amount", "8.88");
    assert_json_snapshot!("publish_400_ambiguous", fixture.refuses(twice).await);
    let twice = accept.with_another("transfer_id", "0000000000000000000007");
    assert_json_snapshot!("accept_400_ambiguous", fixture.refuses(twice).await);
}

#[tokio::test]
async fn http_400_a_parameter_that_is_no_text() {
    let (fixture, publish, accept) = stage().await;
    let body = r#"{"session_key": "session-alice", "toUserId": 7, "coin_id": "CNY", "amount": "1"}"#;
    let number = publish.in_format(raw("application/json", body));
    assert_json_snapshot!("publish_400_not_text", fixture.refuses(number).await);
    let list = accept.in_format(raw("application/json", r#"{"session_key": "session-bob", "transfer_id": ["7"]}"#));
    assert_json_snapshot!("accept_400_not_text", fixture.refuses(list).await);
}

#[tokio::test]
async fn http_400_a_remark_of_more_than_225_characters() {
    let (fixture, publish, _) = stage().await;
    let long = publish.clone().with("content", &"福".repeat(226));
    assert_json_snapshot!("publish_400_too_long", fixture.refuses(long).await);

    let longest = fixture.send(publish.with("content", &"福".repeat(225))).await;
    assert_eq!(longest.numbers(), (0, ""));
}

#[tokio::test]
async fn http_404_another_path() {
    let (fixture, mut publish, mut accept) = stage().await;
    publish.path.push('2');
    accept.path.push('/');
    assert_json_snapshot!("publish_404", fixture.refuses(publish).await);
    assert_json_snapshot!("accept_404", fixture.refuses(accept).await);
}

#[tokio::test]
async fn http_405_any_method_but_post() {
    let (fixture, publish, accept) = stage().await;
    let get = |mut request: Request| {
        request.method = Method::GET;
        request.in_format(Format::Query)
    };
    assert_json_snapshot!("publish_405", fixture.refuses(get(publish)).await);
    assert_json_snapshot!("accept_405", fixture.refuses(get(accept)).await);
}

#[tokio::test]
async fn http_413_a_body_that_is_too_large() {
    let (fixture, publish, accept) = stage().await;
    let large = raw("application/x-www-form-urlencoded", "x".repeat(TOO_LARGE));
    assert_json_snapshot!("publish_413", fixture.refuses(publish.in_format(large.clone())).await);
    assert_json_snapshot!("accept_413", fixture.refuses(accept.in_format(large)).await);
}

#[tokio::test]
async fn http_415_a_body_of_another_type() {
    let (fixture, publish, accept) = stage().await;
    let xml = raw("application/xml", "<amount>8.88</amount>");
    assert_json_snapshot!("publish_415", fixture.refuses(publish.in_format(xml.clone())).await);
    assert_json_snapshot!("accept_415", fixture.refuses(accept.in_format(xml)).await);
}
