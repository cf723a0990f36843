//! Who is logged in, and what everybody else learns.

use actix_web::test::TestRequest;
use hongbao_domain::red_packet::BeginClaimRefusal;
use hongbao_ports::Failure;

use crate::support::{ACCEPT, Given, ID, KEY, PUBLISH};

fn request(query: &str) -> TestRequest {
    TestRequest::post().uri(&format!("{ACCEPT}?transfer_id={ID}&{query}"))
}

fn json(body: &'static str) -> TestRequest {
    TestRequest::post().uri(PUBLISH).insert_header(("Content-Type", "application/json")).set_payload(body)
}

fn given_no_packet() -> Given {
    let mut given = Given::default();
    given.ledger.expect_begin_claim().returning(|_| Err(Failure::Refused(BeginClaimRefusal::NotFound)));
    given
}

#[actix_web::test]
async fn a_key_may_come_as_a_parameter_or_as_a_bearer_token() {
    let in_query = format!("session_key={KEY}");
    let requests = [
        request(&in_query),
        request("").insert_header(("Authorization", format!("Bearer {KEY}"))),
        request("").insert_header(("Authorization", format!("bearer   {KEY}"))),
        request("session_key=").insert_header(("Authorization", format!("Bearer {KEY}"))),
        request(&in_query).insert_header(("Authorization", format!("Bearer {KEY}"))),
        request(&in_query).insert_header(("Authorization", "Basic Zm9v")),
        request("").set_payload(in_query).insert_header(("Content-Type", "application/x-www-form-urlencoded")),
    ];
    for request in requests {
        let answer = given_no_packet().answer(request).await;
        assert_eq!(answer.numbers(), (200, 4, "packet_not_found"));
    }
}

#[actix_web::test]
async fn two_keys_are_no_session() {
    let requests = [
        request("session_key=other").insert_header(("Authorization", format!("Bearer {KEY}"))),
        request(&format!("session_key={KEY}&session_key={KEY}")),
        request("").append_header(("Authorization", "Bearer a")).append_header(("Authorization", "Bearer b")),
    ];
    for request in requests {
        let answer = Given::default().answer(request).await;
        assert_eq!(answer.numbers(), (200, 2, "not_logged_in"));
    }
}

#[actix_web::test]
async fn a_missing_malformed_or_unknown_key_is_status_2() {
    let too_long = format!("session_key={}", "x".repeat(56));
    let requests = [
        request(""),
        request("session_key="),
        request("session_key=unknown"),
        request("session_key=%20demo-alice"),
        request("session_key=%E7%A6%8F"),
        request(&too_long),
        request("").insert_header(("Authorization", "Bearer")),
        request("").insert_header(("Authorization", "Bearer unknown")),
        request("").insert_header(("Authorization", format!("Basic {KEY}"))),
        json(r#"{"session_key":7}"#),
        json(r#"{"session_key":["demo-alice"]}"#),
        json(r#"{"session_key":null}"#),
    ];
    for request in requests {
        assert_eq!(Given::default().answer(request).await.numbers(), (200, 2, "not_logged_in"));
    }
}

#[actix_web::test]
async fn without_a_session_nothing_is_learnt_about_parameters() {
    let requests = [
        json("{}"),
        json(r#"{"toUserId":7,"amount":[],"content":{}}"#),
        json(r#"{"toUserId":"a","toUserId":"b"}"#),
        json(r#"{"toUserId":"bob","coin_id":"CNY","amount":"-1"}"#),
    ];
    for request in requests {
        assert_eq!(Given::default().answer(request).await.numbers(), (200, 2, "not_logged_in"));
    }
}

#[actix_web::test]
async fn a_key_in_the_head_is_judged_before_the_body() {
    let garbage = |request: TestRequest| request.insert_header(("Content-Type", "text/plain")).set_payload("x");
    let requests = [
        garbage(request("session_key=unknown")),
        garbage(request("").insert_header(("Authorization", "Bearer unknown"))),
        garbage(request("session_key=a&session_key=a")),
        garbage(request("session_key=other").insert_header(("Authorization", format!("Bearer {KEY}")))),
    ];
    for request in requests {
        assert_eq!(Given::default().answer(request).await.numbers(), (200, 2, "not_logged_in"));
    }
    let known = garbage(request("").insert_header(("Authorization", format!("Bearer {KEY}"))));
    assert_eq!(Given::default().answer(known).await.numbers(), (415, 100, "invalid_request"));
}

#[actix_web::test]
async fn a_key_in_the_body_must_not_differ_from_the_one_in_the_head() {
    let with_key = |request: TestRequest, key: &str| {
        let form = "application/x-www-form-urlencoded";
        request.insert_header(("Content-Type", form)).set_payload(format!("session_key={key}"))
    };
    let bearer = || request("").insert_header(("Authorization", format!("Bearer {KEY}")));
    for request in [bearer(), request(&format!("session_key={KEY}"))] {
        let answer = Given::default().answer(with_key(request, "other")).await;
        assert_eq!(answer.numbers(), (200, 2, "not_logged_in"));
    }
    let mut given = given_no_packet();
    given.sessions.checkpoint();
    given.sessions.expect_user_of().times(1).returning(|_| Ok(Some("alice".parse().unwrap())));
    assert_eq!(given.answer(with_key(bearer(), KEY)).await.numbers(), (200, 4, "packet_not_found"));
}
