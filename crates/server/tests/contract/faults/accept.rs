//! The cloud fails while a packet is accepted.

use hongbao_sandbox::{
    InjectedFault,
    When::{After, Before},
};

use super::{REJECTED, UNKNOWN, arm, is_delivered, without_cloud};
use crate::{
    fixture::{Fixture, impatient},
    overview::Overview,
    request::accept,
};

async fn accept_is_undone(fault: InjectedFault, code: &str) {
    let fixture = Fixture::with(impatient()).await;
    let id = fixture.published().await;
    arm(&fixture, fault);

    let answer = fixture.refuses(accept(&id)).await;

    assert_eq!((answer.numbers(), answer.is_retryable()), ((3, code), true));
    assert_eq!(Overview::of(&fixture).await.open_packets(), [&*id]);
    fixture.outside.sandbox.clear_faults();
    let letters = fixture.inbox("alice");
    assert_eq!(!letters.is_empty(), is_delivered(fault), "{letters:?}");
    fixture.accepted(&id).await;
    let world = Overview::of(&fixture).await;
    assert_eq!((world.fen_of("alice"), world.fen_of("bob")), ((9112, 0), (5888, 0)));
}

#[tokio::test]
async fn a_rejection_undoes_an_accept() {
    accept_is_undone(InjectedFault::Reject, REJECTED).await;
}

#[tokio::test]
async fn a_cloud_that_is_asked_too_often_undoes_an_accept() {
    accept_is_undone(InjectedFault::RateLimit, REJECTED).await;
}

#[tokio::test]
async fn an_error_before_the_delivery_undoes_an_accept() {
    accept_is_undone(InjectedFault::ServerError(Before), UNKNOWN).await;
}

#[tokio::test]
async fn an_error_after_the_delivery_undoes_an_accept() {
    accept_is_undone(InjectedFault::ServerError(After), UNKNOWN).await;
}

#[tokio::test]
async fn silence_before_the_delivery_undoes_an_accept() {
    accept_is_undone(InjectedFault::Timeout(Before), UNKNOWN).await;
}

#[tokio::test]
async fn silence_after_the_delivery_undoes_an_accept() {
    accept_is_undone(InjectedFault::Timeout(After), UNKNOWN).await;
}

#[tokio::test]
async fn a_cut_connection_before_the_delivery_undoes_an_accept() {
    accept_is_undone(InjectedFault::Reset(Before), UNKNOWN).await;
}

#[tokio::test]
async fn a_cut_connection_after_the_delivery_undoes_an_accept() {
    accept_is_undone(InjectedFault::Reset(After), UNKNOWN).await;
}

#[tokio::test]
async fn garbage_before_the_delivery_undoes_an_accept() {
    accept_is_undone(InjectedFault::Garbage(Before), UNKNOWN).await;
}

#[tokio::test]
async fn garbage_after_the_delivery_undoes_an_accept() {
    accept_is_undone(InjectedFault::Garbage(After), UNKNOWN).await;
}

#[tokio::test]
async fn a_drip_before_the_delivery_undoes_an_accept() {
    accept_is_undone(InjectedFault::Drip(Before), UNKNOWN).await;
}

#[tokio::test]
async fn a_drip_after_the_delivery_undoes_an_accept() {
    accept_is_undone(InjectedFault::Drip(After), UNKNOWN).await;
}

#[tokio::test]
async fn half_an_answer_before_the_delivery_undoes_an_accept() {
    accept_is_undone(InjectedFault::Truncate(Before), UNKNOWN).await;
}

#[tokio::test]
async fn half_an_answer_after_the_delivery_undoes_an_accept() {
    accept_is_undone(InjectedFault::Truncate(After), UNKNOWN).await;
}

#[tokio::test]
async fn a_cloud_that_is_not_there_undoes_an_accept() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;
    let fixture = without_cloud(fixture).await;
    assert_eq!(fixture.refuses(accept(&id)).await.numbers(), (3, REJECTED));
}
