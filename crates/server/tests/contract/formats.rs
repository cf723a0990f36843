//! Four encodings and two places for the session: the same request, the same answer.

use hongbao_testkit::session_of;

use crate::{
    fixture::Fixture,
    overview::Overview,
    request::{Format, Request, accept, publish},
};

/// Publishes and accepts in one shape, and checks that it was the same as in any other.
async fn both_work(shape: impl Fn(Request) -> Request) {
    let fixture = Fixture::start().await;

    let published = fixture.send(shape(publish().with("amount", "0.30"))).await;
    let accepted = fixture.send(shape(accept(published.data("transfer_id")))).await;

    assert_eq!((published.numbers(), published.data("amount")), ((0, ""), "0.3"));
    assert_eq!((accepted.numbers(), accepted.data("amount")), ((0, ""), "0.3"));
    assert_eq!(accepted.data("content"), "恭喜发财");
    let world = Overview::of(&fixture).await;
    assert_eq!((world.fen_of("alice"), world.fen_of("bob")), ((9970, 0), (5030, 0)));
}

#[tokio::test]
async fn a_query_is_read() {
    both_work(|request| request.in_format(Format::Query)).await;
}

#[tokio::test]
async fn a_form_is_read() {
    both_work(|request| request.in_format(Format::Form)).await;
}

#[tokio::test]
async fn a_multipart_form_is_read() {
    both_work(|request| request.in_format(Format::Multipart)).await;
}

#[tokio::test]
async fn json_with_the_amount_as_a_string_is_read() {
    both_work(|request| request.in_format(Format::Json)).await;
}

#[tokio::test]
async fn json_with_the_amount_as_a_number_is_read() {
    both_work(|request| request.in_format(Format::JsonNumber)).await;
}

#[tokio::test]
async fn a_session_may_come_as_a_bearer() {
    both_work(|request| {
        let user = if request.path.ends_with("publish") { "alice" } else { "bob" };
        request.by_nobody().header("Authorization", &format!("Bearer {}", session_of(user)))
    })
    .await;
}

#[tokio::test]
async fn an_amount_as_a_json_number_is_exact_to_its_last_digit() {
    let fixture = Fixture::start().await;
    let number = |amount| publish().with("amount", amount).in_format(Format::JsonNumber);

    let exact = fixture.send(number("1234e-2")).await;
    let too_precise = fixture.refuses(number("0.3000000000000000000001")).await;

    assert_eq!((exact.numbers(), exact.data("amount")), ((0, ""), "12.34"));
    assert_eq!(too_precise.numbers(), (6, "amount_too_precise"));
}
