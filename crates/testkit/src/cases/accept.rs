//! Beginning a claim.

use hongbao_domain::{
    money::Money,
    red_packet::{BeginClaim, BeginClaimRefusal, Begun, PacketState, ReleaseRefusal, SettleRefusal},
};
use hongbao_ports::{Clock, Ids};

use crate::{
    TestStore,
    case::cases,
    scene::{LEASE, LIFE, alice, amount, bob, by_bob, carol, done, just_before, release, settle},
};

cases![
    a_begun_claim_has_a_lease_and_moves_no_money_yet,
    a_claim_opens_a_packet_that_is_still_being_sent,
    a_claim_on_nothing_is_refused,
    a_packet_is_only_for_its_receiver,
    whoever_has_the_packet_is_shown_the_receipt,
    a_second_claim_waits_for_the_first,
    a_lapsed_claim_is_taken_over_and_its_fence_is_worthless,
    a_released_claim_begins_again,
    a_cancelled_packet_cannot_be_claimed,
    a_refunded_packet_cannot_be_claimed,
    an_expired_packet_cannot_be_claimed_though_nobody_swept,
    a_lapsed_claim_cannot_be_taken_over_after_expiry,
    the_last_moment_before_expiry_is_in_time,
];

async fn a_begun_claim_has_a_lease_and_moves_no_money_yet(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.delivered(300).await;

    let begun = store.begin(packet).await;

    let scale = store.look(packet).await.scale;
    let money = Money { coin: packet.coin, scale, amount: amount(300) };
    let lease_until = store.clock.now().after(LEASE);
    assert_eq!(begun, Begun { packet, money, fence: begun.fence, lease_until });
    assert_eq!(store.fen_of(alice()).await, (400, 300));
    assert_eq!(store.fen_of(bob()).await, (0, 0));
}

async fn a_claim_opens_a_packet_that_is_still_being_sent(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.sending(300).await;
    store.clock.advance(LEASE);

    let begun = store.begin(packet).await;

    assert_eq!(store.look(packet).await.state, PacketState::Open);
    done(store.ledger.settle_claim(settle(&begun)).await);
    assert_eq!(store.fen_of(bob()).await, (300, 0));
}

async fn a_claim_on_nothing_is_refused(store: &TestStore) {
    let begin = BeginClaim { id: store.ids.transfer(), taker: bob(), lease: LEASE };
    store.refuses(store.ledger.begin_claim(begin), BeginClaimRefusal::NotFound).await;
}

async fn a_packet_is_only_for_its_receiver(store: &TestStore) {
    store.alice_has(700).await;
    let claimed = store.claimed(50).await.packet;
    let cancelled = store.cancelled(50).await;
    let refunded = store.refunded(50).await;
    let sending = store.sending(50).await;
    let claiming = store.claiming(50).await.packet;
    for packet in [claimed, cancelled, refunded, sending, claiming] {
        for taker in [alice(), carol()] {
            let begin = BeginClaim { taker, ..by_bob(packet) };
            store.refuses(store.ledger.begin_claim(begin), BeginClaimRefusal::NotYours).await;
        }
    }
}

async fn whoever_has_the_packet_is_shown_the_receipt(store: &TestStore) {
    store.alice_has(700).await;
    let receipt = store.claimed(300).await;
    store.clock.advance(LIFE * 2);

    let shown = BeginClaimRefusal::ClaimedByYou(Box::new(receipt.clone()));
    store.refuses(store.ledger.begin_claim(by_bob(receipt.packet)), shown).await;
}

async fn a_second_claim_waits_for_the_first(store: &TestStore) {
    store.alice_has(700).await;
    let begun = store.claiming(300).await;
    store.refuses(store.ledger.begin_claim(by_bob(begun.packet)), BeginClaimRefusal::InProgress).await;

    store.clock.set(begun.lease_until);
    done(store.ledger.begin_claim(by_bob(begun.packet)).await);
}

async fn a_lapsed_claim_is_taken_over_and_its_fence_is_worthless(store: &TestStore) {
    store.alice_has(700).await;
    let late = store.claiming(300).await;
    store.clock.set(late.lease_until);

    let current = store.begin(late.packet).await;

    assert_ne!(current.fence, late.fence);
    assert_eq!(current.lease_until, late.lease_until.after(LEASE));
    store.refuses(store.ledger.settle_claim(settle(&late)), SettleRefusal::Stale).await;
    store.refuses(store.ledger.release_claim(release(&late)), ReleaseRefusal::Stale).await;
    done(store.ledger.settle_claim(settle(&current)).await);
    assert_eq!(store.fen_of(bob()).await, (300, 0));
}

async fn a_released_claim_begins_again(store: &TestStore) {
    store.alice_has(700).await;
    let first = store.claiming(300).await;
    done(store.ledger.release_claim(release(&first)).await);

    let second = store.begin(first.packet).await;

    assert!(second.fence > first.fence);
    store.refuses(store.ledger.settle_claim(settle(&first)), SettleRefusal::Stale).await;
    done(store.ledger.settle_claim(settle(&second)).await);
    assert_eq!(store.fen_of(bob()).await, (300, 0));
}

async fn a_cancelled_packet_cannot_be_claimed(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.cancelled(300).await;
    store.clock.advance(LIFE);
    store.refuses(store.ledger.begin_claim(by_bob(packet)), BeginClaimRefusal::Cancelled).await;
}

async fn a_refunded_packet_cannot_be_claimed(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.refunded(300).await;
    store.refuses(store.ledger.begin_claim(by_bob(packet)), BeginClaimRefusal::Expired).await;
}

async fn an_expired_packet_cannot_be_claimed_though_nobody_swept(store: &TestStore) {
    store.alice_has(700).await;
    let (open, sending) = (store.delivered(300).await, store.sending(200).await);
    store.clock.advance(LIFE);
    store.refuses(store.ledger.begin_claim(by_bob(open)), BeginClaimRefusal::Expired).await;
    store.refuses(store.ledger.begin_claim(by_bob(sending)), BeginClaimRefusal::Expired).await;
}

async fn a_lapsed_claim_cannot_be_taken_over_after_expiry(store: &TestStore) {
    store.alice_has(700).await;
    let begun = store.claiming(300).await;
    store.clock.advance(LIFE);
    store.refuses(store.ledger.begin_claim(by_bob(begun.packet)), BeginClaimRefusal::Expired).await;
}

async fn the_last_moment_before_expiry_is_in_time(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.delivered(300).await;
    store.clock.advance(just_before(LIFE));

    let begun = store.begin(packet).await;

    store.clock.advance(just_before(LEASE));
    store.refuses(store.ledger.begin_claim(by_bob(packet)), BeginClaimRefusal::InProgress).await;
    done(store.ledger.settle_claim(settle(&begun)).await);
    assert_eq!(store.fen_of(bob()).await, (300, 0));
}
