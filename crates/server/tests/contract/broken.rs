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
    request::{Request, accept, publish},
    stack::{Stack, impatient, settings},
    world::World,
};

const DEFECT: Fault = Fault::internal("a defect on demand");
const OUTAGE: Fault = Fault::unavailable("an outage on demand");
const LOST: Fault = Fault::unresolved("a lost answer on demand");

/// A server whose callers do not wait long.
async fn hurried() -> Stack {
    let mut settings = settings();
    settings.timing.deadline = Duration::from_millis(500);
    Stack::with(settings).await
}

/// Sends a request that breaks, and checks that nothing has moved once what it had begun is undone.
async fn breaks(stack: &Stack, request: Request) -> Answer {
    let before = World::of(stack).await;
    let answer = stack.send(request).await;
    stack.outlast_the_lease();
    stack.sweep().await;
    assert_eq!(World::of(stack).await, before, "{:?} moved something for good", answer.body);
    answer
}

#[tokio::test]
async fn status_120_a_defect_moves_no_money() {
    let stack = Stack::start().await;
    let id = stack.published().await;

    stack.faults.fail(Before(Step::RESERVE), DEFECT);
    assert_json_snapshot!("publish_120", breaks(&stack, publish()).await);
    stack.faults.fail(Before(Step::BEGIN_CLAIM), DEFECT);
    assert_json_snapshot!("accept_120", breaks(&stack, accept(&id)).await);
}

#[tokio::test]
async fn status_120_a_panic_ends_with_its_own_request_and_is_undone() {
    let stack = Stack::start().await;
    let id = stack.published().await;

    for step in [Step::RESERVE, Step::NOTIFY, Step::CONFIRM] {
        stack.faults.panic(Before(step));
        assert_eq!(breaks(&stack, publish()).await.numbers(), (120, "internal"), "{step:?}");
    }
    for step in [Step::BEGIN_CLAIM, Step::NOTIFY, Step::SETTLE_CLAIM] {
        stack.faults.panic(Before(step));
        assert_eq!(breaks(&stack, accept(&id)).await.numbers(), (120, "internal"), "{step:?}");
    }

    stack.accepted(&id).await;
}

#[tokio::test]
async fn status_121_the_ledger_cannot_be_reached_before_anything_begins() {
    let stack = Stack::start().await;
    let id = stack.published().await;

    stack.faults.fail(Before(Step::RESERVE), OUTAGE);
    assert_json_snapshot!("publish_121_unavailable", stack.refuses(publish()).await);
    stack.faults.fail(Before(Step::BEGIN_CLAIM), OUTAGE);
    assert_json_snapshot!("accept_121_unavailable", stack.refuses(accept(&id)).await);
}

#[tokio::test]
async fn status_121_the_answer_to_the_reservation_is_lost() {
    let stack = Stack::start().await;

    stack.faults.fail(After(Step::RESERVE), LOST);
    let reserved = breaks(&stack, publish()).await;
    stack.faults.fail(Before(Step::RESERVE), LOST);
    let not_reserved = breaks(&stack, publish()).await;

    assert_json_snapshot!("publish_121_unresolved", reserved);
    assert_eq!((not_reserved.numbers(), not_reserved.is_retryable()), ((121, "unavailable"), false));
    let claim = async |answer: &Answer| stack.refuses(accept(answer.data("transfer_id"))).await;
    assert_eq!(claim(&reserved).await.numbers(), (4, "cancelled"));
    assert_eq!(claim(&not_reserved).await.numbers(), (4, "packet_not_found"));
}

#[tokio::test]
async fn status_121_the_answer_to_the_begin_of_a_claim_is_lost() {
    let stack = Stack::start().await;
    let id = stack.published().await;

    stack.faults.fail(After(Step::BEGIN_CLAIM), LOST);
    assert_json_snapshot!("accept_121_unresolved", breaks(&stack, accept(&id)).await);

    stack.accepted(&id).await;
}

#[tokio::test]
async fn status_121_names_the_packet_when_the_ledger_is_lost_between_the_steps() {
    let stack = hurried().await;
    let id = stack.published().await;

    stack.faults.always_fail(Before(Step::CONFIRM), OUTAGE);
    let published = breaks(&stack, publish()).await;
    stack.faults.always_fail(Before(Step::SETTLE_CLAIM), OUTAGE);
    let accepted = breaks(&stack, accept(&id)).await;

    assert_json_snapshot!("publish_121_after_the_reservation", published);
    assert_eq!((accepted.numbers(), accepted.is_retryable()), ((121, "unavailable"), false));
    let late = stack.refuses(accept(published.data("transfer_id"))).await;
    assert_eq!(late.numbers(), (4, "cancelled"), "the message was delivered, its packet is dead");
}

#[tokio::test]
async fn status_121_is_not_to_be_repeated_when_the_ledger_is_away_until_the_lease_is_over() {
    let mut settings = impatient();
    settings.timing.lease = settings.timing.cloud_timeout + Duration::from_millis(200);
    let stack = Stack::with(settings).await;
    let id = stack.published().await;

    stack.faults.always_fail(Before(Step::CONFIRM), OUTAGE);
    stack.faults.always_fail(Before(Step::SETTLE_CLAIM), OUTAGE);

    for request in [publish(), accept(&id)] {
        let answer = breaks(&stack, request).await;
        assert_eq!((answer.numbers(), answer.is_retryable()), ((121, "unavailable"), false));
        assert!(!answer.data("transfer_id").is_empty());
    }
}

#[tokio::test]
async fn status_121_a_publish_that_outlasts_the_deadline_is_still_finished() {
    let stack = hurried().await;
    let mut gate = stack.faults.hold(Before(Step::NOTIFY));

    let answer = stack.send(publish()).await;

    assert_json_snapshot!("publish_121_deadline", answer);
    gate.reached().await;
    gate.open();
    stack.faults.passed(After(Step::CONFIRM), 1).await;
    let id = answer.data("transfer_id");
    assert_eq!(World::of(&stack).await.open_packets(), [id]);
    stack.accepted(id).await;
}

#[tokio::test]
async fn status_121_an_accept_that_outlasts_the_deadline_is_still_finished() {
    let stack = hurried().await;
    let id = stack.published().await;
    let mut gate = stack.faults.hold(Before(Step::NOTIFY));

    let answer = stack.send(accept(&id)).await;

    assert_json_snapshot!("accept_121_deadline", answer);
    gate.reached().await;
    gate.open();
    stack.faults.passed(After(Step::SETTLE_CLAIM), 1).await;
    assert_eq!(World::of(&stack).await.fen_of("bob"), (5888, 0));
    assert_eq!(stack.refuses(accept(&id)).await.numbers(), (4, "claimed_by_you"));
}

#[tokio::test]
async fn status_121_nothing_begins_while_the_server_shuts_down() {
    let stack = Stack::start().await;
    let id = stack.published().await;

    assert!(stack.process.sagas.drain(Duration::from_secs(5)).await);

    assert_json_snapshot!("publish_121_shutting_down", stack.refuses(publish()).await);
    assert_json_snapshot!("accept_121_shutting_down", stack.refuses(accept(&id)).await);
}

#[tokio::test]
async fn status_121_the_store_is_closed() {
    let stack = Stack::start().await;
    let id = stack.published().await;
    let before = World::of(&stack).await;

    stack.process.store.close().await;
    let answers = [stack.send(publish()).await, stack.send(accept(&id)).await];

    for answer in answers {
        assert_eq!((answer.numbers(), answer.is_retryable()), ((121, "unavailable"), true));
    }
    let stack = stack.crash().await;
    assert_eq!(World::of(&stack).await, before);
}
