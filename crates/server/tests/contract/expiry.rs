//! The end of a packet's time, judged by the ledger's clock at the moment when a claim begins.

use std::time::Duration;

use hongbao_app::Swept;
use hongbao_ports::Fault;
use hongbao_testkit::{
    Moment::{After, Before},
    Step,
};

use crate::{
    request::{accept, publish},
    stack::{LIFE, Stack},
    world::World,
};

const TICK: Duration = Duration::from_micros(1);
const EXPIRED: Swept = Swept { cancelled: 0, released: 0, expired: 1, left: 0, put_off: 0, untried: 0 };

fn just_before(span: Duration) -> Duration {
    span.saturating_sub(TICK)
}

#[tokio::test]
async fn a_packet_can_be_claimed_until_its_last_microsecond() {
    let stack = Stack::start().await;
    let id = stack.published().await;

    stack.outside.clock.advance(just_before(LIFE));

    assert_eq!(stack.sweep().await, Swept::default());
    stack.accepted(&id).await;
}

#[tokio::test]
async fn a_packet_whose_time_is_over_cannot_be_claimed_although_nobody_has_swept() {
    let stack = Stack::start().await;
    let id = stack.published().await;

    stack.outside.clock.advance(LIFE);

    assert_eq!(stack.refuses(accept(&id)).await.numbers(), (4, "expired"));
    assert_eq!(World::of(&stack).await.fen_of("alice"), (9112, 888), "its money waits for the clean-up");
}

#[tokio::test]
async fn the_sweep_refunds_an_expired_packet_once() {
    let stack = Stack::start().await;
    let before = World::of(&stack).await;
    let id = stack.published().await;

    stack.outside.clock.advance(LIFE);

    assert_eq!(stack.sweep().await, EXPIRED);
    assert_eq!(stack.sweep().await, Swept::default());
    assert_eq!(World::of(&stack).await, before);
    assert_eq!(stack.refuses(accept(&id)).await.numbers(), (4, "expired"));
}

#[tokio::test]
async fn the_sweep_refunds_only_what_nobody_has_claimed() {
    let stack = Stack::start().await;
    let claimed = stack.published().await;
    stack.published().await;
    stack.accepted(&claimed).await;
    stack.outside.clock.advance(just_before(LIFE));
    let young = stack.send(publish().with("amount", "1")).await;
    stack.outside.clock.advance(TICK);

    assert_eq!(stack.sweep().await, EXPIRED);

    let world = World::of(&stack).await;
    assert_eq!((world.fen_of("alice"), world.fen_of("bob")), ((9012, 100), (5888, 0)));
    assert_eq!(world.open_packets(), [young.data("transfer_id")]);
}

#[tokio::test]
async fn a_claim_that_began_in_time_settles_after_the_expiry() {
    let stack = Stack::start().await;
    let id = stack.published().await;
    stack.outside.clock.advance(just_before(LIFE));
    let mut gate = stack.faults.hold(Before(Step::NOTIFY));
    let accepted = stack.begin(accept(&id));
    gate.reached().await;

    stack.outside.clock.advance(TICK);
    assert_eq!(stack.sweep().await, Swept::default(), "the claim decides");
    gate.open();

    assert_eq!(accepted.answer().await.numbers(), (0, ""));
    assert_eq!(World::of(&stack).await.fen_of("bob"), (5888, 0));
}

#[tokio::test]
async fn a_claim_that_began_in_time_and_failed_after_the_expiry_refunds_the_packet() {
    let stack = Stack::start().await;
    let before = World::of(&stack).await;
    let id = stack.published().await;
    stack.outside.clock.advance(just_before(LIFE));
    let mut gate = stack.faults.hold(After(Step::NOTIFY));
    let accepted = stack.begin(accept(&id));
    gate.reached().await;

    stack.outside.clock.advance(TICK);
    gate.fail(Fault::unresolved("silence on demand"));

    assert_eq!(accepted.answer().await.numbers(), (3, "im_cloud_unknown"));
    assert_eq!(World::of(&stack).await, before);
    assert_eq!(stack.refuses(accept(&id)).await.numbers(), (4, "expired"));
}
