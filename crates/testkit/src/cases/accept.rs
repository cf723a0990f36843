//! Beginning a claim.

use hongbao_domain::{
    money::Money,
    red_packet::{BeginClaim, BeginClaimRefusal, Begun, PacketState, ReleaseRefusal, SettleRefusal},
};
use hongbao_ports::{Clock, Ids};

use crate::{
    Rig,
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

async fn a_begun_claim_has_a_lease_and_moves_no_money_yet(rig: &Rig) {
    rig.alice_has(700).await;
    let packet = rig.delivered(300).await;

    let begun = rig.begin(packet).await;

    let scale = rig.look(packet).await.scale;
    let money = Money { coin: packet.coin, scale, amount: amount(300) };
    let lease_until = rig.clock.now().after(LEASE);
    assert_eq!(begun, Begun { packet, money, fence: begun.fence, lease_until });
    assert_eq!(rig.fen_of(alice()).await, (400, 300));
    assert_eq!(rig.fen_of(bob()).await, (0, 0));
}

async fn a_claim_opens_a_packet_that_is_still_being_sent(rig: &Rig) {
    rig.alice_has(700).await;
    let packet = rig.sending(300).await;
    rig.clock.advance(LEASE);

    let begun = rig.begin(packet).await;

    assert_eq!(rig.look(packet).await.state, PacketState::Open);
    done(rig.ledger.settle_claim(settle(&begun)).await);
    assert_eq!(rig.fen_of(bob()).await, (300, 0));
}

async fn a_claim_on_nothing_is_refused(rig: &Rig) {
    let begin = BeginClaim { id: rig.ids.transfer(), taker: bob(), lease: LEASE };
    rig.refuses(rig.ledger.begin_claim(begin), BeginClaimRefusal::NotFound).await;
}

async fn a_packet_is_only_for_its_receiver(rig: &Rig) {
    rig.alice_has(700).await;
    let claimed = rig.claimed(50).await.packet;
    let cancelled = rig.cancelled(50).await;
    let refunded = rig.refunded(50).await;
    let sending = rig.sending(50).await;
    let claiming = rig.claiming(50).await.packet;
    for packet in [claimed, cancelled, refunded, sending, claiming] {
        for taker in [alice(), carol()] {
            let begin = BeginClaim { taker, ..by_bob(packet) };
            rig.refuses(rig.ledger.begin_claim(begin), BeginClaimRefusal::NotYours).await;
        }
    }
}

async fn whoever_has_the_packet_is_shown_the_receipt(rig: &Rig) {
    rig.alice_has(700).await;
    let receipt = rig.claimed(300).await;
    rig.clock.advance(LIFE * 2);

    let shown = BeginClaimRefusal::ClaimedByYou(Box::new(receipt.clone()));
    rig.refuses(rig.ledger.begin_claim(by_bob(receipt.packet)), shown).await;
}

async fn a_second_claim_waits_for_the_first(rig: &Rig) {
    rig.alice_has(700).await;
    let begun = rig.claiming(300).await;
    rig.refuses(rig.ledger.begin_claim(by_bob(begun.packet)), BeginClaimRefusal::InProgress).await;

    rig.clock.set(begun.lease_until);
    done(rig.ledger.begin_claim(by_bob(begun.packet)).await);
}

async fn a_lapsed_claim_is_taken_over_and_its_fence_is_worthless(rig: &Rig) {
    rig.alice_has(700).await;
    let late = rig.claiming(300).await;
    rig.clock.set(late.lease_until);

    let current = rig.begin(late.packet).await;

    assert_ne!(current.fence, late.fence);
    assert_eq!(current.lease_until, late.lease_until.after(LEASE));
    rig.refuses(rig.ledger.settle_claim(settle(&late)), SettleRefusal::Stale).await;
    rig.refuses(rig.ledger.release_claim(release(&late)), ReleaseRefusal::Stale).await;
    done(rig.ledger.settle_claim(settle(&current)).await);
    assert_eq!(rig.fen_of(bob()).await, (300, 0));
}

async fn a_released_claim_begins_again(rig: &Rig) {
    rig.alice_has(700).await;
    let first = rig.claiming(300).await;
    done(rig.ledger.release_claim(release(&first)).await);

    let second = rig.begin(first.packet).await;

    assert!(second.fence > first.fence);
    rig.refuses(rig.ledger.settle_claim(settle(&first)), SettleRefusal::Stale).await;
    done(rig.ledger.settle_claim(settle(&second)).await);
    assert_eq!(rig.fen_of(bob()).await, (300, 0));
}

async fn a_cancelled_packet_cannot_be_claimed(rig: &Rig) {
    rig.alice_has(700).await;
    let packet = rig.cancelled(300).await;
    rig.clock.advance(LIFE);
    rig.refuses(rig.ledger.begin_claim(by_bob(packet)), BeginClaimRefusal::Cancelled).await;
}

async fn a_refunded_packet_cannot_be_claimed(rig: &Rig) {
    rig.alice_has(700).await;
    let packet = rig.refunded(300).await;
    rig.refuses(rig.ledger.begin_claim(by_bob(packet)), BeginClaimRefusal::Expired).await;
}

async fn an_expired_packet_cannot_be_claimed_though_nobody_swept(rig: &Rig) {
    rig.alice_has(700).await;
    let (open, sending) = (rig.delivered(300).await, rig.sending(200).await);
    rig.clock.advance(LIFE);
    rig.refuses(rig.ledger.begin_claim(by_bob(open)), BeginClaimRefusal::Expired).await;
    rig.refuses(rig.ledger.begin_claim(by_bob(sending)), BeginClaimRefusal::Expired).await;
}

async fn a_lapsed_claim_cannot_be_taken_over_after_expiry(rig: &Rig) {
    rig.alice_has(700).await;
    let begun = rig.claiming(300).await;
    rig.clock.advance(LIFE);
    rig.refuses(rig.ledger.begin_claim(by_bob(begun.packet)), BeginClaimRefusal::Expired).await;
}

async fn the_last_moment_before_expiry_is_in_time(rig: &Rig) {
    rig.alice_has(700).await;
    let packet = rig.delivered(300).await;
    rig.clock.advance(just_before(LIFE));

    let begun = rig.begin(packet).await;

    rig.clock.advance(just_before(LEASE));
    rig.refuses(rig.ledger.begin_claim(by_bob(packet)), BeginClaimRefusal::InProgress).await;
    done(rig.ledger.settle_claim(settle(&begun)).await);
    assert_eq!(rig.fen_of(bob()).await, (300, 0));
}
