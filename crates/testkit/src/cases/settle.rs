//! Settling a claim.

use hongbao_domain::{
    ledger::Holding,
    money::{Amount, Money},
    red_packet::{ClaimState, PacketRef, PacketState, Receipt, SettleClaim, SettleRefusal},
};
use hongbao_ports::{Clock, Ids};

use crate::{
    TestStore,
    case::cases,
    scene::{LEASE, LIFE, alice, amount, bob, carol, cny, cny_of, done, forged, release, settle},
};

cases![
    a_settled_claim_moves_the_money_and_ends_the_packet,
    a_settle_opens_an_account_for_a_receiver_without_one,
    a_settle_adds_to_what_the_receiver_has,
    a_repeated_settle_gives_the_same_receipt,
    a_settle_after_the_lease_counts_while_nobody_took_over,
    a_settle_after_expiry_counts_if_the_claim_began_in_time,
    a_settle_after_the_release_is_stale,
    a_settle_that_was_taken_over_is_shown_the_later_receipt,
    a_settle_with_a_wrong_fence_is_stale,
    a_settle_that_finds_the_taker_full_is_refused_until_there_is_room,
    a_settle_does_not_find_what_is_not_there,
];

async fn a_settled_claim_moves_the_money_and_ends_the_packet(store: &TestStore) {
    store.alice_has(700).await;
    let begun = store.claiming(300).await;
    store.clock.advance(LEASE / 2);

    let receipt = done(store.ledger.settle_claim(settle(&begun)).await);

    let packet = store.look(begun.packet).await;
    let now = store.clock.now();
    let (money, remark) = (begun.money, packet.remark.clone());
    assert_eq!(receipt, Receipt { packet: begun.packet, taker: bob(), money, remark, claimed_at: now });
    assert_eq!((packet.state, packet.balance.amount), (PacketState::Claimed, Amount::ZERO));
    assert_eq!((packet.ended_at, packet.changed_at), (Some(now), now));
    assert_eq!(packet.claim_of(bob()).map(|claim| claim.state), Some(ClaimState::Claimed));
    assert_eq!((store.fen_of(alice()).await, store.fen_of(bob()).await), ((400, 0), (300, 0)));
}

async fn a_settle_opens_an_account_for_a_receiver_without_one(store: &TestStore) {
    store.alice_has(700).await;
    assert_eq!(store.queries.holdings(bob()).await.expect("holdings can be read"), []);

    let receipt = store.claimed(300).await;

    let balance = Money { coin: cny(), scale: receipt.money.scale, amount: amount(300) };
    let holdings = store.queries.holdings(bob()).await.expect("holdings can be read");
    assert_eq!(holdings, [Holding { balance, held: Amount::ZERO }]);
}

async fn a_settle_adds_to_what_the_receiver_has(store: &TestStore) {
    store.alice_has(700).await;
    store.bring(cny_of(bob()), 5).await;
    store.claimed(300).await;
    store.claimed(20).await;
    assert_eq!(store.fen_of(bob()).await, (325, 0));
}

async fn a_repeated_settle_gives_the_same_receipt(store: &TestStore) {
    store.alice_has(700).await;
    let begun = store.claiming(300).await;
    let receipt = done(store.ledger.settle_claim(settle(&begun)).await);
    store.clock.advance(LIFE);

    store.repeats(store.ledger.settle_claim(settle(&begun)), receipt).await;
}

async fn a_settle_after_the_lease_counts_while_nobody_took_over(store: &TestStore) {
    store.alice_has(700).await;
    let begun = store.claiming(300).await;
    store.clock.advance(LEASE * 2);

    done(store.ledger.settle_claim(settle(&begun)).await);
    assert_eq!(store.fen_of(bob()).await, (300, 0));
}

async fn a_settle_after_expiry_counts_if_the_claim_began_in_time(store: &TestStore) {
    store.alice_has(700).await;
    let begun = store.claiming(300).await;
    store.clock.advance(LIFE * 2);

    done(store.ledger.settle_claim(settle(&begun)).await);
    assert_eq!((store.fen_of(alice()).await, store.fen_of(bob()).await), ((400, 0), (300, 0)));
}

async fn a_settle_after_the_release_is_stale(store: &TestStore) {
    store.alice_has(700).await;
    let begun = store.claiming(300).await;
    done(store.ledger.release_claim(release(&begun)).await);

    store.refuses(store.ledger.settle_claim(settle(&begun)), SettleRefusal::Stale).await;
}

async fn a_settle_that_was_taken_over_is_shown_the_later_receipt(store: &TestStore) {
    store.alice_has(700).await;
    let late = store.claiming(300).await;
    store.clock.advance(LEASE);
    let current = store.begin(late.packet).await;
    let receipt = done(store.ledger.settle_claim(settle(&current)).await);

    let shown = SettleRefusal::ClaimedByYou(Box::new(receipt));
    store.refuses(store.ledger.settle_claim(settle(&late)), shown).await;
}

async fn a_settle_with_a_wrong_fence_is_stale(store: &TestStore) {
    store.alice_has(700).await;
    let begun = store.claiming(300).await;
    for fence in [begun.fence + 1, begun.fence - 1] {
        store.refuses(store.ledger.settle_claim(SettleClaim { fence, ..settle(&begun) }), SettleRefusal::Stale).await;
    }
    let of_carol = SettleClaim { taker: carol(), ..settle(&begun) };
    store.refuses(store.ledger.settle_claim(of_carol), SettleRefusal::Stale).await;
    let open = store.delivered(50).await;
    store
        .refuses(store.ledger.settle_claim(SettleClaim { packet: open, ..settle(&begun) }), SettleRefusal::Stale)
        .await;
}

async fn a_settle_that_finds_the_taker_full_is_refused_until_there_is_room(store: &TestStore) {
    store.alice_has(700).await;
    store.bring(cny_of(bob()), Amount::MAX.minor() - 299).await;
    let begun = store.claiming(300).await;
    store.refuses(store.ledger.settle_claim(settle(&begun)), SettleRefusal::BalanceOverflow).await;

    store.take(cny_of(bob()), 1).await;
    done(store.ledger.settle_claim(settle(&begun)).await);
    assert_eq!(store.fen_of(bob()).await, (Amount::MAX.minor(), 0));
}

async fn a_settle_does_not_find_what_is_not_there(store: &TestStore) {
    store.alice_has(700).await;
    let begun = store.claiming(300).await;
    let nothing = PacketRef { id: store.ids.transfer(), ..begun.packet };
    for packet in [nothing].into_iter().chain(forged(begun.packet)) {
        let settle = SettleClaim { packet, ..settle(&begun) };
        store.refuses(store.ledger.settle_claim(settle), SettleRefusal::NotFound).await;
    }
}
