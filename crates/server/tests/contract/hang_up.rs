//! Callers who hang up: what they have begun ends as if they had waited.

use hongbao_ports::Fault;
use hongbao_testkit::{
    Moment::{self, After, Before},
    Step,
};

use crate::{
    request::{accept, publish},
    stack::Stack,
    world::World,
};

/// The world of a caller who waits for each answer; the packet is accepted, or only published.
async fn patient_world(accepts: bool) -> World {
    let stack = Stack::start().await;
    let id = stack.published().await;
    if accepts {
        stack.accepted(&id).await;
    }
    World::of(&stack).await
}

async fn sender_hangs_up(moment: Moment) {
    let stack = Stack::start().await;
    let mut gate = stack.faults.hold(moment);
    let caller = stack.dial(&publish()).await;
    gate.reached().await;

    stack.hang_up(caller).await;
    gate.open();

    stack.faults.passed(After(Step::CONFIRM), 1).await;
    let world = World::of(&stack).await;
    assert_eq!(world, patient_world(false).await);
    let [letter] = &stack.inbox("bob")[..] else { panic!("bob is told once") };
    assert_eq!(world.open_packets(), [&*letter.transfer_id]);
    stack.accepted(&letter.transfer_id).await;
}

async fn receiver_hangs_up(moment: Moment) {
    let stack = Stack::start().await;
    let id = stack.published().await;
    let mut gate = stack.faults.hold(moment);
    let caller = stack.dial(&accept(&id)).await;
    gate.reached().await;

    stack.hang_up(caller).await;
    gate.open();

    stack.faults.passed(After(Step::SETTLE_CLAIM), 1).await;
    assert_eq!(World::of(&stack).await, patient_world(true).await);
    assert_eq!(stack.inbox("alice").len(), 1);
    assert_eq!(stack.refuses(accept(&id)).await.numbers(), (4, "claimed_by_you"));
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
    let stack = Stack::start().await;
    let before = World::of(&stack).await;
    let mut gate = stack.faults.hold(After(Step::NOTIFY));
    let caller = stack.dial(&publish()).await;
    gate.reached().await;

    stack.hang_up(caller).await;
    gate.fail(Fault::unresolved("silence on demand"));

    stack.faults.passed(After(Step::CANCEL), 1).await;
    assert_eq!(World::of(&stack).await, before);
    let letter = &stack.inbox("bob")[0];
    assert_eq!(stack.refuses(accept(&letter.transfer_id)).await.numbers(), (4, "cancelled"));
}

#[tokio::test]
async fn the_failure_of_the_cloud_is_undone_for_a_receiver_who_has_hung_up() {
    let stack = Stack::start().await;
    let id = stack.published().await;
    let before = World::of(&stack).await;
    let mut gate = stack.faults.hold(After(Step::NOTIFY));
    let caller = stack.dial(&accept(&id)).await;
    gate.reached().await;

    stack.hang_up(caller).await;
    gate.fail(Fault::unresolved("silence on demand"));

    stack.faults.passed(After(Step::RELEASE_CLAIM), 1).await;
    assert_eq!(World::of(&stack).await, before);
    stack.accepted(&id).await;
}

#[tokio::test]
async fn a_server_that_stops_finishes_the_publish_of_a_sender_who_has_hung_up() {
    let mut stack = Stack::start().await;
    let mut gate = stack.faults.hold(Before(Step::NOTIFY));
    let caller = stack.dial(&publish()).await;
    gate.reached().await;
    stack.hang_up(caller).await;

    stack.process.stop_serving().await;
    gate.open();
    let stack = stack.restart().await;

    assert_eq!(World::of(&stack).await, patient_world(false).await);
}

#[tokio::test]
async fn a_server_that_stops_finishes_the_accept_of_a_receiver_who_has_hung_up() {
    let mut stack = Stack::start().await;
    let id = stack.published().await;
    let mut gate = stack.faults.hold(Before(Step::NOTIFY));
    let caller = stack.dial(&accept(&id)).await;
    gate.reached().await;
    stack.hang_up(caller).await;

    stack.process.stop_serving().await;
    gate.open();
    let stack = stack.restart().await;

    assert_eq!(World::of(&stack).await, patient_world(true).await);
}
