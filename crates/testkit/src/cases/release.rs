//! Releasing a claim.

use hongbao_domain::{
    money::Amount,
    red_packet::{ClaimState, PacketRef, PacketState, ReleaseClaim, ReleaseRefusal, Released},
};
use hongbao_ports::{Clock, Ids};

use crate::{
    TestStore,
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

async fn a_release_puts_the_share_back(store: &TestStore) {
    store.alice_has(700).await;
    let begun = store.claiming(300).await;

    assert_eq!(done(store.ledger.release_claim(release(&begun)).await), Released { refunded: false });

    let packet = store.look(begun.packet).await;
    assert_eq!((packet.state, packet.ended_at), (PacketState::Open, None));
    assert_eq!(packet.shares[0].taker, None);
    assert_eq!(packet.claim_of(bob()).map(|claim| claim.state), Some(ClaimState::Released));
    assert_eq!(store.fen_of(alice()).await, (400, 300));
}

async fn a_release_after_expiry_refunds_in_the_same_command(store: &TestStore) {
    store.alice_has(700).await;
    let begun = store.claiming(300).await;
    store.clock.advance(LIFE);

    assert_eq!(done(store.ledger.release_claim(release(&begun)).await), Released { refunded: true });

    let packet = store.look(begun.packet).await;
    assert_eq!((packet.state, packet.balance.amount), (PacketState::Refunded, Amount::ZERO));
    assert_eq!(packet.ended_at, Some(store.clock.now()));
    assert_eq!(store.fen_of(alice()).await, (700, 0));
}

async fn a_release_just_before_expiry_does_not_refund(store: &TestStore) {
    store.alice_has(700).await;
    let begun = store.claiming(300).await;
    store.clock.advance(just_before(LIFE));

    assert_eq!(done(store.ledger.release_claim(release(&begun)).await), Released { refunded: false });
    assert_eq!(store.fen_of(alice()).await, (400, 300));
}

async fn a_repeated_release_changes_nothing(store: &TestStore) {
    store.alice_has(700).await;
    let begun = store.claiming(300).await;
    done(store.ledger.release_claim(release(&begun)).await);
    store.clock.advance(LIFE);

    store.repeats(store.ledger.release_claim(release(&begun)), Released { refunded: false }).await;
}

async fn a_repeated_release_that_refunded_changes_nothing(store: &TestStore) {
    store.alice_has(700).await;
    let begun = store.claiming(300).await;
    store.clock.advance(LIFE);
    done(store.ledger.release_claim(release(&begun)).await);

    store.repeats(store.ledger.release_claim(release(&begun)), Released { refunded: true }).await;
}

async fn a_release_of_a_settled_claim_is_stale(store: &TestStore) {
    store.alice_has(700).await;
    let begun = store.claiming(300).await;
    done(store.ledger.settle_claim(settle(&begun)).await);

    store.refuses(store.ledger.release_claim(release(&begun)), ReleaseRefusal::Stale).await;
}

async fn a_release_with_a_wrong_fence_is_stale(store: &TestStore) {
    store.alice_has(700).await;
    let begun = store.claiming(300).await;
    store.clock.advance(LEASE);
    for fence in [begun.fence + 1, begun.fence - 1] {
        store
            .refuses(store.ledger.release_claim(ReleaseClaim { fence, ..release(&begun) }), ReleaseRefusal::Stale)
            .await;
    }
    let of_carol = ReleaseClaim { taker: carol(), ..release(&begun) };
    store.refuses(store.ledger.release_claim(of_carol), ReleaseRefusal::Stale).await;
}

async fn a_release_that_finds_the_sender_full_is_refused_until_there_is_room(store: &TestStore) {
    store.alice_has(300).await;
    let begun = store.claiming(300).await;
    store.bring(cny_of(alice()), Amount::MAX.minor()).await;
    store.clock.advance(LIFE);
    store.refuses(store.ledger.release_claim(release(&begun)), ReleaseRefusal::BalanceOverflow).await;

    store.take(cny_of(alice()), 300).await;
    assert_eq!(done(store.ledger.release_claim(release(&begun)).await), Released { refunded: true });
    assert_eq!(store.fen_of(alice()).await, (Amount::MAX.minor(), 0));
}

async fn a_release_does_not_find_what_is_not_there(store: &TestStore) {
    store.alice_has(700).await;
    let begun = store.claiming(300).await;
    let nothing = PacketRef { id: store.ids.transfer(), ..begun.packet };
    for packet in [nothing].into_iter().chain(forged(begun.packet)) {
        let release = ReleaseClaim { packet, ..release(&begun) };
        store.refuses(store.ledger.release_claim(release), ReleaseRefusal::NotFound).await;
    }
}
