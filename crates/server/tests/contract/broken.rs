//! Status 120 and 121: our own failures. What they have begun is undone when its lease is over.

use std::time::Duration;

use hongbao_ports::Fault;
use hongbao_testkit::{
    Moment::{After, Before},
    Step,
    server::Answer,
};
use insta::assert_json_snapshot;

use crate::{
    fixture::{Fixture, impatient, settings},
    overview::Overview,
    request::{Request, accept, publish},
};

const DEFECT: Fault = Fault::internal("a defect on demand");
const OUTAGE: Fault = Fault::unavailable("an outage on demand");
const LOST: Fault = Fault::unresolved("a lost answer on demand");

/// A server whose callers do not wait long.
async fn hurried() -> Fixture {
    let mut settings = settings();
    settings.timing.deadline = Duration::from_millis(500);
    Fixture::with(settings).await
}

/// Sends a request that breaks, and checks that nothing has moved once what it had begun is undone.
async fn breaks(fixture: &Fixture, request: Request) -> Answer {
    let before = Overview::of(fixture).await;
    let answer = fixture.send(request).await;
    fixture.outlast_the_lease();
    fixture.sweep().await;
    assert_eq!(Overview::of(fixture).await, before, "{:?} moved something for good", answer.body);
    answer
}

#[tokio::test]
async fn status_120_a_defect_moves_no_money() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;

    fixture.faults.fail(Before(Step::RESERVE), DEFECT);
    assert_json_snapshot!("publish_120", breaks(&fixture, publish()).await);
    fixture.faults.fail(Before(Step::BEGIN_CLAIM), DEFECT);
    assert_json_snapshot!("accept_120", breaks(&fixture, accept(&id)).await);
}

#[tokio::test]
async fn status_120_a_panic_ends_with_its_own_request_and_is_undone() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;

    for step in [Step::RESERVE, Step::NOTIFY, Step::CONFIRM] {
        fixture.faults.panic(Before(step));
        assert_eq!(breaks(&fixture, publish()).await.numbers(), (120, "internal"), "{step:?}");
    }
    for step in [Step::BEGIN_CLAIM, Step::NOTIFY, Step::SETTLE_CLAIM] {
        fixture.faults.panic(Before(step));
        assert_eq!(breaks(&fixture, accept(&id)).await.numbers(), (120, "internal"), "{step:?}");
    }

    fixture.accepted(&id).await;
}

#[tokio::test]
async fn status_121_the_ledger_cannot_be_reached_before_anything_begins() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;

    fixture.faults.fail(Before(Step::RESERVE), OUTAGE);
    assert_json_snapshot!("publish_121_unavailable", fixture.refuses(publish()).await);
    fixture.faults.fail(Before(Step::BEGIN_CLAIM), OUTAGE);
    assert_json_snapshot!("accept_121_unavailable", fixture.refuses(accept(&id)).await);
}

#[tokio::test]
async fn status_121_the_answer_to_the_reservation_is_lost() {
    let fixture = Fixture::start().await;

    fixture.faults.fail(After(Step::RESERVE), LOST);
    let reserved = breaks(&fixture, publish()).await;
    fixture.faults.fail(Before(Step::RESERVE), LOST);
    let not_reserved = breaks(&fixture, publish()).await;

    assert_json_snapshot!("publish_121_unresolved", reserved);
    assert_eq!((not_reserved.numbers(), not_reserved.is_retryable()), ((121, "unavailable"), false));
    let claim = async |answer: &Answer| fixture.refuses(accept(answer.data("transfer_id"))).await;
    assert_eq!(claim(&reserved).await.numbers(), (4, "cancelled"));
    assert_eq!(claim(&not_reserved).await.numbers(), (4, "packet_not_found"));
}

#[tokio::test]
async fn status_121_the_answer_to_the_begin_of_a_claim_is_lost() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;

    fixture.faults.fail(After(Step::BEGIN_CLAIM), LOST);
    assert_json_snapshot!("accept_121_unresolved", breaks(&fixture, accept(&id)).await);

    fixture.accepted(&id).await;
}

#[tokio::test]
async fn status_121_names_the_packet_when_the_ledger_is_lost_between_the_steps() {
    let fixture = hurried().await;
    let id = fixture.published().await;

    fixture.faults.always_fail(Before(Step::CONFIRM), OUTAGE);
    let published = breaks(&fixture, publish()).await;
    fixture.faults.always_fail(Before(Step::SETTLE_CLAIM), OUTAGE);
    let accepted = breaks(&fixture, accept(&id)).await;

    assert_json_snapshot!("publish_121_after_the_reservation", published);
    assert_eq!((accepted.numbers(), accepted.is_retryable()), ((121, "unavailable"), false));
    let late = fixture.refuses(accept(published.data("transfer_id"))).await;
    assert_eq!(late.numbers(), (4, "cancelled"), "the message was delivered, its packet is dead");
}

#[tokio::test]
async fn status_121_is_not_to_be_repeated_when_the_ledger_is_away_until_the_lease_is_over() {
    let mut settings = impatient();
    settings.timing.lease = settings.timing.cloud_timeout + Duration::from_millis(200);
    let fixture = Fixture::with(settings).await;
    let id = fixture.published().await;

    fixture.faults.always_fail(Before(Step::CONFIRM), OUTAGE);
    fixture.faults.always_fail(Before(Step::SETTLE_CLAIM), OUTAGE);

    for request in [publish(), accept(&id)] {
        let answer = breaks(&fixture, request).await;
        assert_eq!((answer.numbers(), answer.is_retryable()), ((121, "unavailable"), false));
        assert!(!answer.data("transfer_id").is_empty());
    }
}

#[tokio::test]
async fn status_121_a_publish_that_outlasts_the_deadline_is_still_finished() {
    let fixture = hurried().await;
    let mut gate = fixture.faults.hold(Before(Step::NOTIFY));

    let answer = fixture.send(publish()).await;

    assert_json_snapshot!("publish_121_deadline", answer);
    gate.reached().await;
    gate.open();
    fixture.faults.passed(After(Step::CONFIRM), 1).await;
    let id = answer.data("transfer_id");
    assert_eq!(Overview::of(&fixture).await.open_packets(), [id]);
    fixture.accepted(id).await;
}

#[tokio::test]
async fn status_121_an_accept_that_outlasts_the_deadline_is_still_finished() {
    let fixture = hurried().await;
    let id = fixture.published().await;
    let mut gate = fixture.faults.hold(Before(Step::NOTIFY));

    let answer = fixture.send(accept(&id)).await;

    assert_json_snapshot!("accept_121_deadline", answer);
    gate.reached().await;
    gate.open();
    fixture.faults.passed(After(Step::SETTLE_CLAIM), 1).await;
    assert_eq!(Overview::of(&fixture).await.fen_of("bob"), (5888, 0));
    assert_eq!(fixture.refuses(accept(&id)).await.numbers(), (4, "claimed_by_you"));
}

#[tokio::test]
async fn status_121_nothing_begins_while_the_server_shuts_down() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;

    assert!(fixture.process.sagas.drain(Duration::from_secs(5)).await);

    assert_json_snapshot!("publish_121_shutting_down", fixture.refuses(publish()).await);
    assert_json_snapshot!("accept_121_shutting_down", fixture.refuses(accept(&id)).await);
}

#[tokio::test]
async fn status_121_the_store_is_closed() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;
    let before = Overview::of(&fixture).await;

    fixture.process.store.close().await;
    let answers = [fixture.send(publish()).await, fixture.send(accept(&id)).await];

    for answer in answers {
        assert_eq!((answer.numbers(), answer.is_retryable()), ((121, "unavailable"), true));
    }
    let fixture = fixture.crash().await;
    assert_eq!(Overview::of(&fixture).await, before);
}
