//! Looking at where a packet stands.

use hongbao_domain::red_packet::{PacketRef, Stage};
use hongbao_ports::{Clock, Ids};

use crate::{
    TestStore,
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

async fn stage(store: &TestStore, packet: PacketRef) -> Stage {
    let viewed = store.queries.view(packet.id).await.expect("packets can be viewed");
    viewed.expect("the packet is there").stage
}

async fn a_packet_that_was_never_made_is_not_shown(store: &TestStore) {
    store.alice_has(700).await;
    store.delivered(300).await;
    assert_eq!(store.queries.view(store.ids.transfer()).await.expect("packets can be viewed"), None);
}

async fn a_view_shows_the_packet_as_it_reads(store: &TestStore) {
    store.alice_has(700).await;
    let (sending, begun, released) = (store.sending(10).await, store.claiming(20).await, store.claiming(30).await);
    done(store.ledger.release_claim(release(&released)).await);
    let claimed = store.claimed(40).await.packet.id;
    for id in [sending.id, begun.packet.id, released.packet.id, claimed] {
        let viewed = store.queries.view(id).await.expect("packets can be viewed").expect("the packet is there");
        assert_eq!(Some(viewed.packet), store.queries.packet(id).await.expect("packets can be read"));
    }
}

async fn a_packet_on_its_way_and_one_that_arrived_are_open_until_they_expire(store: &TestStore) {
    store.alice_has(700).await;
    let packets = [store.sending(10).await, store.delivered(20).await];
    for (step, expected) in [(just_before(LIFE), Stage::Open), (TICK, Stage::Expired), (LIFE, Stage::Expired)] {
        store.clock.advance(step);
        for packet in packets {
            assert_eq!(stage(store, packet).await, expected);
        }
    }
}

async fn a_claim_that_began_in_time_keeps_its_packet_open_until_it_ends(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.delivered(300).await;
    store.clock.advance(just_before(LIFE));
    let begun = store.begin(packet).await;
    store.clock.advance(TICK);
    assert_eq!(stage(store, packet).await, Stage::Open);
    store.clock.advance(LEASE);
    assert_eq!(stage(store, packet).await, Stage::Open, "a lapsed claim may still be settled");

    done(store.ledger.settle_claim(settle(&begun)).await);
    assert_eq!(stage(store, packet).await, Stage::Claimed);
}

async fn a_claim_that_was_released_in_time_leaves_the_packet_open(store: &TestStore) {
    store.alice_has(700).await;
    let begun = store.claiming(300).await;
    done(store.ledger.release_claim(release(&begun)).await);
    assert_eq!(stage(store, begun.packet).await, Stage::Open);

    store.clock.advance(LIFE);
    assert_eq!(stage(store, begun.packet).await, Stage::Expired);
}

async fn an_expired_packet_is_refunded_once_it_was_swept(store: &TestStore) {
    store.alice_has(700).await;
    let begin = store.clock.now();
    let packet = store.refunded(300).await;
    assert_eq!(stage(store, packet).await, Stage::Refunded);

    store.clock.set(begin);
    assert_eq!(stage(store, packet).await, Stage::Refunded, "a clock that jumps back changes nothing");
}

async fn a_release_after_the_expiry_shows_as_a_refund(store: &TestStore) {
    store.alice_has(700).await;
    let begun = store.claiming(300).await;
    store.clock.advance(LIFE);
    assert!(done(store.ledger.release_claim(release(&begun)).await).refunded);
    assert_eq!(stage(store, begun.packet).await, Stage::Refunded);
}

async fn a_cancelled_packet_stays_cancelled(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.cancelled(300).await;
    assert_eq!(stage(store, packet).await, Stage::Cancelled);

    store.clock.advance(LIFE);
    assert_eq!(stage(store, packet).await, Stage::Cancelled);
}

async fn each_packet_is_judged_by_its_own_time(store: &TestStore) {
    store.alice_has(700).await;
    let older = store.delivered(10).await;
    store.clock.advance(TICK);
    let younger = store.delivered(20).await;

    store.clock.advance(just_before(LIFE));
    assert_eq!((stage(store, older).await, stage(store, younger).await), (Stage::Expired, Stage::Open));
}

async fn looking_moves_nothing(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.delivered(300).await;
    store.clock.advance(LIFE);
    let before = store.look(packet).await;
    for _ in 0..2 {
        assert_eq!(stage(store, packet).await, Stage::Expired);
    }
    assert_eq!(store.look(packet).await, before);
    assert_eq!(store.fen_of(before.sender).await, (400, 300), "only a sweep gives the money back");
}
