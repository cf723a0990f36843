//! Releasing a claim.

use hongbao_domain::{
    money::Amount,
    red_packet::{ClaimState, PacketRef, PacketState, ReleaseClaim, ReleaseRefusal, Released},
};
use hongbao_ports::{Clock, Ids};

use crate::{
    Rig,
    case::cases,
    scene::{LEASE, LIFE, alice, bob, carol, cny_of, done, forged, just_before, release, settle},
};

cases![
    a_release_puts_the_share_back,
    a_release_after_expiry_refunds_in_the_same_command,
    a_release_just_before_expiry_does_not_refund,
    a_repeated_release_changes_nothing,
    a_repeated_release_that_refunded_changes_nothing,
    a_release_of_a_settled_claim_is_stale,
    a_release_with_a_wrong_fence_is_stale,
    a_release_that_finds_the_sender_full_is_refused_until_there_is_room,
    a_release_does_not_find_what_is_not_there,
];

async fn a_release_puts_the_share_back(rig: &Rig) {
    rig.alice_has(700).await;
    let begun = rig.claiming(300).await;

    assert_eq!(done(rig.ledger.release_claim(release(&begun)).await), Released { refunded: false });

    let packet = rig.look(begun.packet).await;
    assert_eq!((packet.state, packet.ended_at), (PacketState::Open, None));
    assert_eq!(packet.shares[0].taker, None);
    assert_eq!(packet.claim_of(bob()).map(|claim| claim.state), Some(ClaimState::Released));
    assert_eq!(rig.fen_of(alice()).await, (400, 300));
}

async fn a_release_after_expiry_refunds_in_the_same_command(rig: &Rig) {
    rig.alice_has(700).await;
    let begun = rig.claiming(300).await;
    rig.clock.advance(LIFE);

    assert_eq!(done(rig.ledger.release_claim(release(&begun)).await), Released { refunded: true });

    let packet = rig.look(begun.packet).await;
    assert_eq!((packet.state, packet.balance.amount), (PacketState::Refunded, Amount::ZERO));
    assert_eq!(packet.ended_at, Some(rig.clock.now()));
    assert_eq!(rig.fen_of(alice()).await, (700, 0));
}

async fn a_release_just_before_expiry_does_not_refund(rig: &Rig) {
    rig.alice_has(700).await;
    let begun = rig.claiming(300).await;
    rig.clock.advance(just_before(LIFE));

    assert_eq!(done(rig.ledger.release_claim(release(&begun)).await), Released { refunded: false });
    assert_eq!(rig.fen_of(alice()).await, (400, 300));
}

async fn a_repeated_release_changes_nothing(rig: &Rig) {
    rig.alice_has(700).await;
    let begun = rig.claiming(300).await;
    done(rig.ledger.release_claim(release(&begun)).await);
    rig.clock.advance(LIFE);

    rig.repeats(rig.ledger.release_claim(release(&begun)), Released { refunded: false }).await;
}

async fn a_repeated_release_that_refunded_changes_nothing(rig: &Rig) {
    rig.alice_has(700).await;
    let begun = rig.claiming(300).await;
    rig.clock.advance(LIFE);
    done(rig.ledger.release_claim(release(&begun)).await);

    rig.repeats(rig.ledger.release_claim(release(&begun)), Released { refunded: true }).await;
}

async fn a_release_of_a_settled_claim_is_stale(rig: &Rig) {
    rig.alice_has(700).await;
    let begun = rig.claiming(300).await;
    done(rig.ledger.settle_claim(settle(&begun)).await);

    rig.refuses(rig.ledger.release_claim(release(&begun)), ReleaseRefusal::Stale).await;
}

async fn a_release_with_a_wrong_fence_is_stale(rig: &Rig) {
    rig.alice_has(700).await;
    let begun = rig.claiming(300).await;
    rig.clock.advance(LEASE);
    for fence in [begun.fence + 1, begun.fence - 1] {
        rig.refuses(rig.ledger.release_claim(ReleaseClaim { fence, ..release(&begun) }), ReleaseRefusal::Stale).await;
    }
    let of_carol = ReleaseClaim { taker: carol(), ..release(&begun) };
    rig.refuses(rig.ledger.release_claim(of_carol), ReleaseRefusal::Stale).await;
}

async fn a_release_that_finds_the_sender_full_is_refused_until_there_is_room(rig: &Rig) {
    rig.alice_has(300).await;
    let begun = rig.claiming(300).await;
    rig.bring(cny_of(alice()), Amount::MAX.minor()).await;
    rig.clock.advance(LIFE);
    rig.refuses(rig.ledger.release_claim(release(&begun)), ReleaseRefusal::BalanceOverflow).await;

    rig.take(cny_of(alice()), 300).await;
    assert_eq!(done(rig.ledger.release_claim(release(&begun)).await), Released { refunded: true });
    assert_eq!(rig.fen_of(alice()).await, (Amount::MAX.minor(), 0));
}

async fn a_release_does_not_find_what_is_not_there(rig: &Rig) {
    rig.alice_has(700).await;
    let begun = rig.claiming(300).await;
    let nothing = PacketRef { id: rig.ids.transfer(), ..begun.packet };
    for packet in [nothing].into_iter().chain(forged(begun.packet)) {
        let release = ReleaseClaim { packet, ..release(&begun) };
        rig.refuses(rig.ledger.release_claim(release), ReleaseRefusal::NotFound).await;
    }
}
