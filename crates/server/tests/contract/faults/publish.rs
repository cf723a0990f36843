//! The cloud fails while a packet is published.

use hongbao_sandbox::{
    InjectedFault,
    When::{After, Before},
};

use super::{REJECTED, UNKNOWN, arm, is_delivered, without_cloud};
use crate::{
    fixture::{Fixture, impatient},
    overview::Overview,
    request::{accept, publish},
};

async fn publish_is_undone(fault: InjectedFault, code: &str) {
    let fixture = Fixture::with(impatient()).await;
    arm(&fixture, fault);

    let answer = fixture.refuses(publish()).await;

    assert_eq!((answer.numbers(), answer.is_retryable()), ((3, code), true));
    assert!(!Overview::of(&fixture).await.has_living_packets());
    fixture.outside.sandbox.clear_faults();
    let letters = fixture.inbox("bob");
    assert_eq!(!letters.is_empty(), is_delivered(fault), "{letters:?}");
    for letter in letters {
        assert_eq!(fixture.refuses(accept(&letter.transfer_id)).await.numbers(), (4, "cancelled"));
    }
    let next = fixture.published().await;
    fixture.accepted(&next).await;
    assert_eq!(Overview::of(&fixture).await.fen_of("bob"), (5888, 0));
}

#[tokio::test]
async fn a_rejection_undoes_a_publish() {
    publish_is_undone(InjectedFault::Reject, REJECTED).await;
}

#[tokio::test]
async fn a_cloud_that_is_asked_too_often_undoes_a_publish() {
    publish_is_undone(InjectedFault::RateLimit, REJECTED).await;
}

#[tokio::test]
async fn an_error_before_the_delivery_undoes_a_publish() {
    publish_is_undone(InjectedFault::ServerError(Before), UNKNOWN).await;
}

#[tokio::test]
async fn an_error_after_the_delivery_undoes_a_publish() {
    publish_is_undone(InjectedFault::ServerError(After), UNKNOWN).await;
}

#[tokio::test]
async fn silence_before_the_delivery_undoes_a_publish() {
    publish_is_undone(InjectedFault::Timeout(Before), UNKNOWN).await;
}

#[tokio::test]
async fn silence_after_the_delivery_undoes_a_publish() {
    publish_is_undone(InjectedFault::Timeout(After), UNKNOWN).await;
}

#[tokio::test]
async fn a_cut_connection_before_the_delivery_undoes_a_publish() {
    publish_is_undone(InjectedFault::Reset(Before), UNKNOWN).await;
}

#[tokio::test]
async fn a_cut_connection_after_the_delivery_undoes_a_publish() {
    publish_is_undone(InjectedFault::Reset(After), UNKNOWN).await;
}

#[tokio::test]
async fn garbage_before_the_delivery_undoes_a_publish() {
    publish_is_undone(InjectedFault::Garbage(Before), UNKNOWN).await;
}

#[tokio::test]
async fn garbage_after_the_delivery_undoes_a_publish() {
    publish_is_undone(InjectedFault::Garbage(After), UNKNOWN).await;
}

#[tokio::test]
async fn a_drip_before_the_delivery_undoes_a_publish() {
    publish_is_undone(InjectedFault::Drip(Before), UNKNOWN).await;
}

#[tokio::test]
async fn a_drip_after_the_delivery_undoes_a_publish() {
    publish_is_undone(InjectedFault::Drip(After), UNKNOWN).await;
}

#[tokio::test]
async fn half_an_answer_before_the_delivery_undoes_a_publish() {
    publish_is_undone(InjectedFault::Truncate(Before), UNKNOWN).await;
}

#[tokio::test]
async fn half_an_answer_after_the_delivery_undoes_a_publish() {
    publish_is_undone(InjectedFault::Truncate(After), UNKNOWN).await;
}

#[tokio::test]
async fn a_cloud_that_is_not_there_undoes_a_publish() {
    let fixture = without_cloud(Fixture::start().await).await;
    assert_eq!(fixture.refuses(publish()).await.numbers(), (3, REJECTED));
    assert!(!Overview::of(&fixture).await.has_living_packets());
}
