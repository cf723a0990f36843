//! The server dies while a packet is published.

use hongbao_app::Swept;
use hongbao_ports::Fault;

use super::dies;
use hongbao_testkit::{
    Moment::{self, After, Before},
    Step,
};

use crate::{
    fixture::Fixture,
    overview::Overview,
    request::{accept, publish},
};

const NOTHING: Swept = Swept { cancelled: 0, released: 0, expired: 0, left: 0, put_off: 0, untried: 0 };
const CANCELLED: Swept = Swept { cancelled: 1, ..NOTHING };

fn id(fixture: &Fixture) -> String {
    fixture.outside.ids.transfers().next().expect("a packet was named").to_string()
}

/// Checks that the money is back as soon as the lease is over, and not before.
async fn publish_is_undone(fixture: Fixture, moment: Moment, swept: Swept) {
    let before = Overview::of(&fixture).await;

    let fixture = dies(fixture, publish(), moment).await;

    assert_eq!(fixture.sweep().await, NOTHING, "a holder of a lease is trusted");
    fixture.outlast_the_lease();
    assert_eq!(fixture.sweep().await, swept);
    assert_eq!(Overview::of(&fixture).await, before);
    assert_eq!(fixture.refuses(accept(&id(&fixture))).await.status(), 4);
    let again = fixture.published().await;
    fixture.accepted(&again).await;
}

#[tokio::test]
async fn nothing_is_left_of_a_server_that_dies_before_the_reservation() {
    publish_is_undone(Fixture::start().await, Before(Step::RESERVE), NOTHING).await;
}

#[tokio::test]
async fn the_money_comes_back_when_the_server_dies_after_the_reservation() {
    publish_is_undone(Fixture::start().await, After(Step::RESERVE), CANCELLED).await;
}

#[tokio::test]
async fn the_money_comes_back_when_the_server_dies_while_the_cloud_is_called() {
    publish_is_undone(Fixture::start().await, Before(Step::NOTIFY), CANCELLED).await;
}

#[tokio::test]
async fn the_money_comes_back_when_the_server_dies_between_the_message_and_the_confirmation() {
    publish_is_undone(Fixture::start().await, After(Step::NOTIFY), CANCELLED).await;
}

#[tokio::test]
async fn the_money_comes_back_when_the_server_dies_before_it_cancels() {
    let fixture = Fixture::start().await;
    fixture.faults.fail(Before(Step::NOTIFY), Fault::unavailable("silence on demand"));
    publish_is_undone(fixture, Before(Step::CANCEL), CANCELLED).await;
}

#[tokio::test]
async fn the_money_is_back_when_the_server_dies_after_it_has_cancelled() {
    let fixture = Fixture::start().await;
    fixture.faults.fail(Before(Step::NOTIFY), Fault::unavailable("silence on demand"));
    publish_is_undone(fixture, After(Step::CANCEL), NOTHING).await;
}

#[tokio::test]
async fn a_confirmed_packet_outlives_its_server() {
    let fixture = dies(Fixture::start().await, publish(), After(Step::CONFIRM)).await;

    fixture.outlast_the_lease();
    assert_eq!(fixture.sweep().await, NOTHING);

    let world = Overview::of(&fixture).await;
    assert_eq!((world.fen_of("alice"), world.open_packets()), ((9112, 888), vec![id(&fixture)]));
    fixture.accepted(&id(&fixture)).await;
}

#[tokio::test]
async fn a_receiver_who_was_told_may_accept_although_nobody_has_confirmed() {
    let fixture = dies(Fixture::start().await, publish(), After(Step::NOTIFY)).await;

    fixture.accepted(&id(&fixture)).await;

    fixture.outlast_the_lease();
    assert_eq!(fixture.sweep().await, NOTHING);
    let world = Overview::of(&fixture).await;
    assert_eq!((world.fen_of("alice"), world.fen_of("bob")), ((9112, 0), (5888, 0)));
}
