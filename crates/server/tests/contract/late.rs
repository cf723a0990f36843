//! Sagas that are slower than their lease: others have decided meanwhile, and the answer says what is true.

use std::time::Duration;

use hongbao_app::Swept;
use hongbao_ports::Fault;
use hongbao_testkit::{
    Moment::{After, Before},
    Step,
};

use crate::{
    fixture::{Fixture, settings},
    overview::Overview,
    request::{accept, publish},
};

#[tokio::test]
async fn a_publish_whose_money_went_back_meanwhile_is_status_3() {
    let fixture = Fixture::start().await;
    let before = Overview::of(&fixture).await;
    let mut gate = fixture.faults.hold(Before(Step::CONFIRM));
    let published = fixture.begin(publish());
    gate.reached().await;

    fixture.outlast_the_lease();
    assert_eq!(fixture.sweep().await.cancelled, 1);
    gate.open();

    assert_eq!(published.answer().await.numbers(), (3, "im_cloud_unknown"));
    assert_eq!(Overview::of(&fixture).await, before);
}

#[tokio::test]
async fn an_accept_whose_claim_was_released_meanwhile_is_status_3() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;
    let before = Overview::of(&fixture).await;
    let mut gate = fixture.faults.hold(Before(Step::SETTLE_CLAIM));
    let accepted = fixture.begin(accept(&id));
    gate.reached().await;

    fixture.outlast_the_lease();
    assert_eq!(fixture.sweep().await.released, 1);
    gate.open();

    assert_eq!(accepted.answer().await.numbers(), (3, "im_cloud_unknown"));
    assert_eq!(Overview::of(&fixture).await, before);
    fixture.accepted(&id).await;
}

#[tokio::test]
async fn an_accept_whose_claim_was_taken_over_and_settled_sees_the_receipt() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;
    let mut gate = fixture.faults.hold(Before(Step::SETTLE_CLAIM));
    let slow = fixture.begin(accept(&id));
    gate.reached().await;

    fixture.outlast_the_lease();
    let quick = fixture.accepted(&id).await;
    gate.open();

    let slow = slow.answer().await;
    assert_eq!((slow.numbers(), slow.receipt()), ((4, "claimed_by_you"), quick.receipt()));
    assert_eq!(Overview::of(&fixture).await.fen_of("bob"), (5888, 0));
}

#[tokio::test]
async fn an_accept_that_fails_after_it_was_taken_over_and_settled_sees_the_receipt() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;
    let mut gate = fixture.faults.hold(After(Step::NOTIFY));
    let slow = fixture.begin(accept(&id));
    gate.reached().await;

    fixture.outlast_the_lease();
    let quick = fixture.accepted(&id).await;
    gate.fail(Fault::unresolved("silence on demand"));

    let slow = slow.answer().await;
    assert_eq!((slow.numbers(), slow.receipt()), ((4, "claimed_by_you"), quick.receipt()));
    assert_eq!(Overview::of(&fixture).await.fen_of("bob"), (5888, 0));
}

#[tokio::test]
async fn an_accept_that_was_taken_over_cannot_settle_the_claim_of_the_other() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;
    let mut slow_gate = fixture.faults.hold(Before(Step::SETTLE_CLAIM));
    let slow = fixture.begin(accept(&id));
    slow_gate.reached().await;
    fixture.outlast_the_lease();
    let mut quick_gate = fixture.faults.hold(After(Step::NOTIFY));
    let quick = fixture.begin(accept(&id));
    quick_gate.reached().await;

    slow_gate.open();
    assert_eq!(slow.answer().await.numbers(), (3, "im_cloud_unknown"));
    quick_gate.open();

    assert_eq!(quick.answer().await.numbers(), (0, ""));
    assert_eq!(Overview::of(&fixture).await.fen_of("bob"), (5888, 0));
}

#[tokio::test]
async fn a_lease_lasts_until_its_last_microsecond() {
    let fixture = Fixture::start().await;
    let mut gate = fixture.faults.hold(Before(Step::CONFIRM));
    let published = fixture.begin(publish());
    gate.reached().await;

    fixture.outside.clock.advance(settings().timing.lease.saturating_sub(Duration::from_micros(1)));
    assert_eq!(fixture.sweep().await, Swept::default());
    gate.open();

    assert_eq!(published.answer().await.numbers(), (0, ""));
    assert_eq!(Overview::of(&fixture).await.fen_of("alice"), (9112, 888));
}
