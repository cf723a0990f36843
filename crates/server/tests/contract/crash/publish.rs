//! The server dies while a packet is published.

use hongbao_app::Swept;
use hongbao_ports::Fault;

use super::dies;
use hongbao_testkit::{
    Moment::{self, After, Before},
    Step,
};

use crate::{
    request::{accept, publish},
    stack::Stack,
    world::World,
};

const NOTHING: Swept = Swept { cancelled: 0, released: 0, expired: 0, left: 0, put_off: 0, untried: 0 };
const CANCELLED: Swept = Swept { cancelled: 1, ..NOTHING };

fn id(stack: &Stack) -> String {
    stack.outside.ids.transfers().next().expect("a packet was named").to_string()
}

/// Checks that the money is back as soon as the lease is over, and not before.
async fn publish_is_undone(stack: Stack, moment: Moment, swept: Swept) {
    let before = World::of(&stack).await;

    let stack = dies(stack, publish(), moment).await;

    assert_eq!(stack.sweep().await, NOTHING, "a holder of a lease is trusted");
    stack.outlast_the_lease();
    assert_eq!(stack.sweep().await, swept);
    assert_eq!(World::of(&stack).await, before);
    assert_eq!(stack.refuses(accept(&id(&stack))).await.status(), 4);
    let again = stack.published().await;
    stack.accepted(&again).await;
}

#[tokio::test]
async fn nothing_is_left_of_a_server_that_dies_before_the_reservation() {
    publish_is_undone(Stack::start().await, Before(Step::RESERVE), NOTHING).await;
}

#[tokio::test]
async fn the_money_comes_back_when_the_server_dies_after_the_reservation() {
    publish_is_undone(Stack::start().await, After(Step::RESERVE), CANCELLED).await;
}

#[tokio::test]
async fn the_money_comes_back_when_the_server_dies_while_the_cloud_is_called() {
    publish_is_undone(Stack::start().await, Before(Step::NOTIFY), CANCELLED).await;
}

#[tokio::test]
async fn the_money_comes_back_when_the_server_dies_between_the_message_and_the_confirmation() {
    publish_is_undone(Stack::start().await, After(Step::NOTIFY), CANCELLED).await;
}

#[tokio::test]
async fn the_money_comes_back_when_the_server_dies_before_it_cancels() {
    let stack = Stack::start().await;
    stack.faults.fail(Before(Step::NOTIFY), Fault::unavailable("silence on demand"));
    publish_is_undone(stack, Before(Step::CANCEL), CANCELLED).await;
}

#[tokio::test]
async fn the_money_is_back_when_the_server_dies_after_it_has_cancelled() {
    let stack = Stack::start().await;
    stack.faults.fail(Before(Step::NOTIFY), Fault::unavailable("silence on demand"));
    publish_is_undone(stack, After(Step::CANCEL), NOTHING).await;
}

#[tokio::test]
async fn a_confirmed_packet_outlives_its_server() {
    let stack = dies(Stack::start().await, publish(), After(Step::CONFIRM)).await;

    stack.outlast_the_lease();
    assert_eq!(stack.sweep().await, NOTHING);

    let world = World::of(&stack).await;
    assert_eq!((world.fen_of("alice"), world.open_packets()), ((9112, 888), vec![id(&stack)]));
    stack.accepted(&id(&stack)).await;
}

#[tokio::test]
async fn a_receiver_who_was_told_may_accept_although_nobody_has_confirmed() {
    let stack = dies(Stack::start().await, publish(), After(Step::NOTIFY)).await;

    stack.accepted(&id(&stack)).await;

    stack.outlast_the_lease();
    assert_eq!(stack.sweep().await, NOTHING);
    let world = World::of(&stack).await;
    assert_eq!((world.fen_of("alice"), world.fen_of("bob")), ((9112, 0), (5888, 0)));
}
