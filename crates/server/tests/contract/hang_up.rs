//! Callers who hang up: what they have begun ends as if they had waited.

use hongbao_ports::Fault;
use hongbao_testkit::{
    Moment::{self, After, Before},
    Step,
};

use crate::{
    fixture::Fixture,
    overview::Overview,
    request::{accept, publish},
};

/// The world of a caller who waits for each answer; the packet is accepted, or only published.
async fn after_waiting(accepts: bool) -> Overview {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;
    if accepts {
        fixture.accepted(&id).await;
    }
    Overview::of(&fixture).await
}

async fn sender_hangs_up(moment: Moment) {
    let fixture = Fixture::start().await;
    let mut gate = fixture.faults.hold(moment);
    let caller = fixture.dial(&publish()).await;
    gate.reached().await;

    fixture.hang_up(caller).await;
    gate.open();

    fixture.faults.passed(After(Step::CONFIRM), 1).await;
    let world = Overview::of(&fixture).await;
    assert_eq!(world, after_waiting(false).await);
    let [letter] = &fixture.inbox("bob")[..] else { panic!("bob is told once") };
    assert_eq!(world.open_packets(), [&*letter.transfer_id]);
    fixture.accepted(&letter.transfer_id).await;
}

async fn receiver_hangs_up(moment: Moment) {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;
    let mut gate = fixture.faults.hold(moment);
    let caller = fixture.dial(&accept(&id)).await;
    gate.reached().await;

    fixture.hang_up(caller).await;
    gate.open();

    fixture.faults.passed(After(Step::SETTLE_CLAIM), 1).await;
    assert_eq!(Overview::of(&fixture).await, after_waiting(true).await);
    assert_eq!(fixture.inbox("alice").len(), 1);
    assert_eq!(fixture.refuses(accept(&id)).await.numbers(), (4, "claimed_by_you"));
}

#[tokio::test]
async fn a_sender_who_hangs_up_before_the_reservation_has_published() {
    sender_hangs_up(Before(Step::RESERVE)).await;
}

#[tokio::test]
async fn a_sender_who_hangs_up_while_the_cloud_is_called_has_published() {
    sender_hangs_up(Before(Step::NOTIFY)).await;
}

#[tokio::test]
async fn a_sender_who_hangs_up_between_the_message_and_the_confirmation_has_published() {
    sender_hangs_up(After(Step::NOTIFY)).await;
}

#[tokio::test]
async fn a_sender_who_hangs_up_before_the_answer_has_published() {
    sender_hangs_up(After(Step::CONFIRM)).await;
}

#[tokio::test]
async fn a_receiver_who_hangs_up_before_the_claim_begins_has_accepted() {
    receiver_hangs_up(Before(Step::BEGIN_CLAIM)).await;
}

#[tokio::test]
async fn a_receiver_who_hangs_up_while_the_cloud_is_called_has_accepted() {
    receiver_hangs_up(Before(Step::NOTIFY)).await;
}

#[tokio::test]
async fn a_receiver_who_hangs_up_between_the_message_and_the_settlement_has_accepted() {
    receiver_hangs_up(After(Step::NOTIFY)).await;
}

#[tokio::test]
async fn a_receiver_who_hangs_up_before_the_answer_has_accepted() {
    receiver_hangs_up(After(Step::SETTLE_CLAIM)).await;
}

#[tokio::test]
async fn the_failure_of_the_cloud_is_undone_for_a_sender_who_has_hung_up() {
    let fixture = Fixture::start().await;
    let before = Overview::of(&fixture).await;
    let mut gate = fixture.faults.hold(After(Step::NOTIFY));
    let caller = fixture.dial(&publish()).await;
    gate.reached().await;

    fixture.hang_up(caller).await;
    gate.fail(Fault::unresolved("silence on demand"));

    fixture.faults.passed(After(Step::CANCEL), 1).await;
    assert_eq!(Overview::of(&fixture).await, before);
    let letter = &fixture.inbox("bob")[0];
    assert_eq!(fixture.refuses(accept(&letter.transfer_id)).await.numbers(), (4, "cancelled"));
}

#[tokio::test]
async fn the_failure_of_the_cloud_is_undone_for_a_receiver_who_has_hung_up() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;
    let before = Overview::of(&fixture).await;
    let mut gate = fixture.faults.hold(After(Step::NOTIFY));
    let caller = fixture.dial(&accept(&id)).await;
    gate.reached().await;

    fixture.hang_up(caller).await;
    gate.fail(Fault::unresolved("silence on demand"));

    fixture.faults.passed(After(Step::RELEASE_CLAIM), 1).await;
    assert_eq!(Overview::of(&fixture).await, before);
    fixture.accepted(&id).await;
}

#[tokio::test]
async fn a_server_that_stops_finishes_the_publish_of_a_sender_who_has_hung_up() {
    let mut fixture = Fixture::start().await;
    let mut gate = fixture.faults.hold(Before(Step::NOTIFY));
    let caller = fixture.dial(&publish()).await;
    gate.reached().await;
    fixture.hang_up(caller).await;

    fixture.process.stop_serving().await;
    gate.open();
    let fixture = fixture.restart().await;

    assert_eq!(Overview::of(&fixture).await, after_waiting(false).await);
}

#[tokio::test]
async fn a_server_that_stops_finishes_the_accept_of_a_receiver_who_has_hung_up() {
    let mut fixture = Fixture::start().await;
    let id = fixture.published().await;
    let mut gate = fixture.faults.hold(Before(Step::NOTIFY));
    let caller = fixture.dial(&accept(&id)).await;
    gate.reached().await;
    fixture.hang_up(caller).await;

    fixture.process.stop_serving().await;
    gate.open();
    let fixture = fixture.restart().await;

    assert_eq!(Overview::of(&fixture).await, after_waiting(true).await);
}
