//! The end of a packet's time, judged by the ledger's clock at the moment when a claim begins.

use std::time::Duration;

use hongbao_app::Swept;
use hongbao_ports::Fault;
use hongbao_testkit::{
    Moment::{After, Before},
    Step,
};

use crate::{
    fixture::{Fixture, LIFE},
    overview::Overview,
    request::{accept, publish},
};

const TICK: Duration = Duration::from_micros(1);
const EXPIRED: Swept = Swept { cancelled: 0, released: 0, expired: 1, left: 0, put_off: 0, untried: 0 };

fn just_before(span: Duration) -> Duration {
    span.saturating_sub(TICK)
}

#[tokio::test]
async fn a_packet_can_be_claimed_until_its_last_microsecond() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;

    fixture.outside.clock.advance(just_before(LIFE));

    assert_eq!(fixture.sweep().await, Swept::default());
    fixture.accepted(&id).await;
}

#[tokio::test]
async fn a_packet_whose_time_is_over_cannot_be_claimed_although_nobody_has_swept() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;

    fixture.outside.clock.advance(LIFE);

    assert_eq!(fixture.refuses(accept(&id)).await.numbers(), (4, "expired"));
    assert_eq!(Overview::of(&fixture).await.fen_of("alice"), (9112, 888), "its money waits for the clean-up");
}

#[tokio::test]
async fn the_sweep_refunds_an_expired_packet_once() {
    let fixture = Fixture::start().await;
    let before = Overview::of(&fixture).await;
    let id = fixture.published().await;

    fixture.outside.clock.advance(LIFE);

    assert_eq!(fixture.sweep().await, EXPIRED);
    assert_eq!(fixture.sweep().await, Swept::default());
    assert_eq!(Overview::of(&fixture).await, before);
    assert_eq!(fixture.refuses(accept(&id)).await.numbers(), (4, "expired"));
}

#[tokio::test]
async fn the_sweep_refunds_only_what_nobody_has_claimed() {
    let fixture = Fixture::start().await;
    let claimed = fixture.published().await;
    fixture.published().await;
    fixture.accepted(&claimed).await;
    fixture.outside.clock.advance(just_before(LIFE));
    let young = fixture.send(publish().with("amount", "1")).await;
    fixture.outside.clock.advance(TICK);

    assert_eq!(fixture.sweep().await, EXPIRED);

    let world = Overview::of(&fixture).await;
    assert_eq!((world.fen_of("alice"), world.fen_of("bob")), ((9012, 100), (5888, 0)));
    assert_eq!(world.open_packets(), [young.data("transfer_id")]);
}

#[tokio::test]
async fn a_claim_that_began_in_time_settles_after_the_expiry() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;
    fixture.outside.clock.advance(just_before(LIFE));
    let mut gate = fixture.faults.hold(Before(Step::NOTIFY));
    let accepted = fixture.begin(accept(&id));
    gate.reached().await;

    fixture.outside.clock.advance(TICK);
    assert_eq!(fixture.sweep().await, Swept::default(), "the claim decides");
    gate.open();

    assert_eq!(accepted.answer().await.numbers(), (0, ""));
    assert_eq!(Overview::of(&fixture).await.fen_of("bob"), (5888, 0));
}

#[tokio::test]
async fn a_claim_that_began_in_time_and_failed_after_the_expiry_refunds_the_packet() {
    let fixture = Fixture::start().await;
    let before = Overview::of(&fixture).await;
    let id = fixture.published().await;
    fixture.outside.clock.advance(just_before(LIFE));
    let mut gate = fixture.faults.hold(After(Step::NOTIFY));
    let accepted = fixture.begin(accept(&id));
    gate.reached().await;

    fixture.outside.clock.advance(TICK);
    gate.fail(Fault::unresolved("silence on demand"));

    assert_eq!(accepted.answer().await.numbers(), (3, "im_cloud_unknown"));
    assert_eq!(Overview::of(&fixture).await, before);
    assert_eq!(fixture.refuses(accept(&id)).await.numbers(), (4, "expired"));
}
