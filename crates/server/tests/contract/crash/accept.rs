//! The server dies while a packet is accepted.

use hongbao_app::Swept;
use hongbao_ports::Fault;

use super::dies;
use hongbao_testkit::{
    Moment::{self, After, Before},
    Step,
};

use crate::{
    fixture::{Fixture, LIFE},
    overview::Overview,
    request::accept,
};

const NOTHING: Swept = Swept { cancelled: 0, released: 0, expired: 0, left: 0, put_off: 0, untried: 0 };
const RELEASED: Swept = Swept { released: 1, ..NOTHING };

/// Checks that the packet is open again as soon as the lease is over, and not before.
async fn accept_is_undone(fixture: Fixture, moment: Moment, swept: Swept) {
    let id = fixture.published().await;
    let before = Overview::of(&fixture).await;

    let fixture = dies(fixture, accept(&id), moment).await;

    assert_eq!(fixture.sweep().await, NOTHING, "a holder of a lease is trusted");
    fixture.outlast_the_lease();
    assert_eq!(fixture.sweep().await, swept);
    assert_eq!(Overview::of(&fixture).await, before);
    fixture.accepted(&id).await;
    assert_eq!(Overview::of(&fixture).await.fen_of("bob"), (5888, 0));
}

/// A server whose next message comes to nothing.
async fn with_a_silent_cloud() -> Fixture {
    let fixture = Fixture::start().await;
    let silence = Fault::unavailable("silence on demand");
    // The first message is that of the publish.
    fixture.faults.skip(Before(Step::NOTIFY));
    fixture.faults.fail(Before(Step::NOTIFY), silence);
    fixture
}

#[tokio::test]
async fn nothing_is_left_of_a_server_that_dies_before_the_claim_begins() {
    accept_is_undone(Fixture::start().await, Before(Step::BEGIN_CLAIM), NOTHING).await;
}

#[tokio::test]
async fn the_packet_opens_again_when_the_server_dies_after_the_begin_of_a_claim() {
    accept_is_undone(Fixture::start().await, After(Step::BEGIN_CLAIM), RELEASED).await;
}

#[tokio::test]
async fn the_packet_opens_again_when_the_server_dies_between_the_message_and_the_settlement() {
    accept_is_undone(Fixture::start().await, Before(Step::SETTLE_CLAIM), RELEASED).await;
}

#[tokio::test]
async fn the_packet_opens_again_when_the_server_dies_before_it_releases() {
    accept_is_undone(with_a_silent_cloud().await, Before(Step::RELEASE_CLAIM), RELEASED).await;
}

#[tokio::test]
async fn the_packet_is_open_again_when_the_server_dies_after_it_has_released() {
    accept_is_undone(with_a_silent_cloud().await, After(Step::RELEASE_CLAIM), NOTHING).await;
}

#[tokio::test]
async fn a_settled_claim_outlives_its_server() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;

    let fixture = dies(fixture, accept(&id), After(Step::SETTLE_CLAIM)).await;

    assert_eq!(Overview::of(&fixture).await.fen_of("bob"), (5888, 0));
    let again = fixture.refuses(accept(&id)).await;
    assert_eq!((again.numbers(), again.data("amount")), ((4, "claimed_by_you"), "8.88"));
}

#[tokio::test]
async fn the_receiver_takes_over_a_claim_whose_lease_is_over_before_anybody_sweeps() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;
    let fixture = dies(fixture, accept(&id), After(Step::BEGIN_CLAIM)).await;

    fixture.outlast_the_lease();
    fixture.accepted(&id).await;

    assert_eq!(fixture.sweep().await, NOTHING);
    assert_eq!(Overview::of(&fixture).await.fen_of("bob"), (5888, 0));
}

#[tokio::test]
async fn a_claim_whose_server_died_before_the_expiry_is_refunded_after_it() {
    let fixture = Fixture::start().await;
    let before = Overview::of(&fixture).await;
    let id = fixture.published().await;
    let fixture = dies(fixture, accept(&id), After(Step::NOTIFY)).await;

    fixture.outside.clock.advance(LIFE);

    assert_eq!(fixture.sweep().await, RELEASED);
    assert_eq!(Overview::of(&fixture).await, before);
    assert_eq!(fixture.refuses(accept(&id)).await.numbers(), (4, "expired"));
}
