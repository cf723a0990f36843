//! Looking at where a packet stands.

use hongbao_domain::red_packet::{PacketRef, Stage};
use hongbao_ports::{Clock, Ids};

use crate::{
    Rig,
    case::cases,
    scene::{LEASE, LIFE, TICK, done, just_before, release, settle},
};

cases![
    a_packet_that_was_never_made_is_not_shown,
    a_view_shows_the_packet_as_it_reads,
    a_packet_on_its_way_and_one_that_arrived_are_open_until_they_expire,
    a_claim_that_began_in_time_keeps_its_packet_open_until_it_ends,
    a_claim_that_was_released_in_time_leaves_the_packet_open,
    an_expired_packet_is_refunded_once_it_was_swept,
    a_release_after_the_expiry_shows_as_a_refund,
    a_cancelled_packet_stays_cancelled,
    each_packet_is_judged_by_its_own_time,
    looking_moves_nothing,
];

async fn stage(rig: &Rig, packet: PacketRef) -> Stage {
    let viewed = rig.queries.view(packet.id).await.expect("packets can be viewed");
    viewed.expect("the packet is there").stage
}

async fn a_packet_that_was_never_made_is_not_shown(rig: &Rig) {
    rig.alice_has(700).await;
    rig.delivered(300).await;
    assert_eq!(rig.queries.view(rig.ids.transfer()).await.expect("packets can be viewed"), None);
}

async fn a_view_shows_the_packet_as_it_reads(rig: &Rig) {
    rig.alice_has(700).await;
    let (sending, begun, released) = (rig.sending(10).await, rig.claiming(20).await, rig.claiming(30).await);
    done(rig.ledger.release_claim(release(&released)).await);
    let claimed = rig.claimed(40).await.packet.id;
    for id in [sending.id, begun.packet.id, released.packet.id, claimed] {
        let viewed = rig.queries.view(id).await.expect("packets can be viewed").expect("the packet is there");
        assert_eq!(Some(viewed.packet), rig.queries.packet(id).await.expect("packets can be read"));
    }
}

async fn a_packet_on_its_way_and_one_that_arrived_are_open_until_they_expire(rig: &Rig) {
    rig.alice_has(700).await;
    let packets = [rig.sending(10).await, rig.delivered(20).await];
    for (step, expected) in [(just_before(LIFE), Stage::Open), (TICK, Stage::Expired), (LIFE, Stage::Expired)] {
        rig.clock.advance(step);
        for packet in packets {
            assert_eq!(stage(rig, packet).await, expected);
        }
    }
}

async fn a_claim_that_began_in_time_keeps_its_packet_open_until_it_ends(rig: &Rig) {
    rig.alice_has(700).await;
    let packet = rig.delivered(300).await;
    rig.clock.advance(just_before(LIFE));
    let begun = rig.begin(packet).await;
    rig.clock.advance(TICK);
    assert_eq!(stage(rig, packet).await, Stage::Open);
    rig.clock.advance(LEASE);
    assert_eq!(stage(rig, packet).await, Stage::Open, "a lapsed claim may still be settled");

    done(rig.ledger.settle_claim(settle(&begun)).await);
    assert_eq!(stage(rig, packet).await, Stage::Claimed);
}

async fn a_claim_that_was_released_in_time_leaves_the_packet_open(rig: &Rig) {
    rig.alice_has(700).await;
    let begun = rig.claiming(300).await;
    done(rig.ledger.release_claim(release(&begun)).await);
    assert_eq!(stage(rig, begun.packet).await, Stage::Open);

    rig.clock.advance(LIFE);
    assert_eq!(stage(rig, begun.packet).await, Stage::Expired);
}

async fn an_expired_packet_is_refunded_once_it_was_swept(rig: &Rig) {
    rig.alice_has(700).await;
    let begin = rig.clock.now();
    let packet = rig.refunded(300).await;
    assert_eq!(stage(rig, packet).await, Stage::Refunded);

    rig.clock.set(begin);
    assert_eq!(stage(rig, packet).await, Stage::Refunded, "a clock that jumps back changes nothing");
}

async fn a_release_after_the_expiry_shows_as_a_refund(rig: &Rig) {
    rig.alice_has(700).await;
    let begun = rig.claiming(300).await;
    rig.clock.advance(LIFE);
    assert!(done(rig.ledger.release_claim(release(&begun)).await).refunded);
    assert_eq!(stage(rig, begun.packet).await, Stage::Refunded);
}

async fn a_cancelled_packet_stays_cancelled(rig: &Rig) {
    rig.alice_has(700).await;
    let packet = rig.cancelled(300).await;
    assert_eq!(stage(rig, packet).await, Stage::Cancelled);

    rig.clock.advance(LIFE);
    assert_eq!(stage(rig, packet).await, Stage::Cancelled);
}

async fn each_packet_is_judged_by_its_own_time(rig: &Rig) {
    rig.alice_has(700).await;
    let older = rig.delivered(10).await;
    rig.clock.advance(TICK);
    let younger = rig.delivered(20).await;

    rig.clock.advance(just_before(LIFE));
    assert_eq!((stage(rig, older).await, stage(rig, younger).await), (Stage::Expired, Stage::Open));
}

async fn looking_moves_nothing(rig: &Rig) {
    rig.alice_has(700).await;
    let packet = rig.delivered(300).await;
    rig.clock.advance(LIFE);
    let before = rig.look(packet).await;
    for _ in 0..2 {
        assert_eq!(stage(rig, packet).await, Stage::Expired);
    }
    assert_eq!(rig.look(packet).await, before);
    assert_eq!(rig.fen_of(before.sender).await, (400, 300), "only a sweep gives the money back");
}
