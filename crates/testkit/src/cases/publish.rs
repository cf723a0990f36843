//! Publishing: reserve, then confirm or cancel.

use hongbao_domain::{
    money::{Amount, Money},
    red_packet::{
        Cancel, CancelRefusal, Cancelled, Confirm, ConfirmRefusal, Confirmed, PacketRef, PacketState, Reserve,
        ReserveRefusal, Reserved,
    },
};
use hongbao_ports::{Clock, Ids};

use crate::{
    TestStore,
    case::cases,
    scene::{LEASE, LIFE, alice, amount, bob, cny, cny_of, coin, done, forged, new_coin, scale},
};

cases![
    a_reserve_moves_the_money_into_the_packet,
    a_reserve_of_a_coin_that_is_unknown_or_not_held_is_refused,
    a_reserve_of_a_part_of_a_fen_is_refused,
    a_reserve_outside_the_limits_is_refused,
    a_reserve_of_more_than_there_is_is_refused,
    a_reserve_under_a_used_name_is_refused,
    the_first_reason_in_the_order_of_the_checks_is_told,
    the_whole_balance_can_be_sent,
    a_confirm_opens_the_packet,
    a_repeated_confirm_changes_nothing,
    a_confirm_after_a_claim_began_is_a_no_op,
    a_confirm_after_the_lease_still_opens_the_packet,
    a_confirm_of_a_cancelled_packet_is_refused,
    a_cancel_gives_the_money_back,
    a_repeated_cancel_changes_nothing,
    a_cancel_of_a_delivered_packet_is_refused,
    a_cancel_that_finds_the_sender_full_is_refused_until_there_is_room,
    confirm_and_cancel_do_not_find_what_is_not_there,
];

async fn a_reserve_moves_the_money_into_the_packet(store: &TestStore) {
    store.alice_has(10_000).await;
    let gift = store.gift(8_888);

    let reserved = done(store.ledger.reserve(gift.clone()).await);

    let scale = scale(2);
    let now = store.clock.now();
    let expected = Reserved {
        packet: PacketRef { id: gift.id, sender: alice(), coin: cny() },
        money: Money { coin: cny(), scale, amount: amount(8_888) },
        lease_until: now.after(LEASE),
        expires_at: now.after(LIFE),
    };
    assert_eq!(reserved, expected);
    assert_eq!(store.fen_of(alice()).await, (1_112, 8_888));
    assert_eq!(store.look(reserved.packet).await.state, PacketState::Sending { lease_until: now.after(LEASE) });
}

async fn refuse(store: &TestStore, quantity: &str, refusal: ReserveRefusal) {
    let quantity = quantity.parse().expect("the text is a decimal");
    store.refuses(store.ledger.reserve(Reserve { quantity, ..store.gift(1) }), refusal).await;
}

async fn a_reserve_of_a_coin_that_is_unknown_or_not_held_is_refused(store: &TestStore) {
    store.alice_has(10_000).await;
    let unknown = Reserve { coin: coin("XYZ"), ..store.gift(1) };
    store.refuses(store.ledger.reserve(unknown), ReserveRefusal::CoinNotHeld).await;

    let not_held = Reserve { coin: coin("ETH"), ..store.gift(1) };
    store.refuses(store.ledger.reserve(not_held), ReserveRefusal::CoinNotHeld).await;
}

async fn a_reserve_of_a_part_of_a_fen_is_refused(store: &TestStore) {
    store.alice_has(10_000).await;
    refuse(store, "1.001", ReserveRefusal::TooPrecise).await;
    refuse(store, "1e-40", ReserveRefusal::TooPrecise).await;
}

async fn a_reserve_outside_the_limits_is_refused(store: &TestStore) {
    store.alice_has(50_000).await;
    refuse(store, "200.01", ReserveRefusal::AboveMaximum).await;
    refuse(store, "1e40", ReserveRefusal::AboveMaximum).await;
    done(store.ledger.reserve(store.gift(20_000)).await);
    done(store.ledger.reserve(store.gift(1)).await);

    done(store.ledger.add_coin(new_coin(cny(), 2, 10, 20_000)).await);
    refuse(store, "0.09", ReserveRefusal::BelowMinimum).await;
    done(store.ledger.reserve(store.gift(10)).await);
}

async fn a_reserve_of_more_than_there_is_is_refused(store: &TestStore) {
    store.alice_has(700).await;
    refuse(store, "7.01", ReserveRefusal::BalanceTooLow).await;
}

async fn a_reserve_under_a_used_name_is_refused(store: &TestStore) {
    store.alice_has(700).await;
    let first = store.gift(100);
    done(store.ledger.reserve(first.clone()).await);

    store.refuses(store.ledger.reserve(first.clone()), ReserveRefusal::IdTaken).await;
    store.bring(cny_of(bob()), 700).await;
    let by_another = Reserve { sender: bob(), receiver: alice(), ..first };
    store.refuses(store.ledger.reserve(by_another), ReserveRefusal::IdTaken).await;
}

async fn the_first_reason_in_the_order_of_the_checks_is_told(store: &TestStore) {
    store.add_coins().await;
    refuse(store, "1000.001", ReserveRefusal::CoinNotHeld).await;
    store.open(cny_of(alice())).await;
    refuse(store, "1000.001", ReserveRefusal::TooPrecise).await;
    refuse(store, "1000", ReserveRefusal::AboveMaximum).await;
    refuse(store, "1", ReserveRefusal::BalanceTooLow).await;
}

async fn the_whole_balance_can_be_sent(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.sending(700).await;
    assert_eq!(store.fen_of(alice()).await, (0, 700));
    assert_eq!(store.look(packet).await.balance.amount, amount(700));
}

async fn a_confirm_opens_the_packet(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.sending(700).await;

    assert_eq!(done(store.ledger.confirm(Confirm { packet }).await), Confirmed { repeated: false });
    assert_eq!(store.look(packet).await.state, PacketState::Open);
    assert_eq!(store.fen_of(alice()).await, (0, 700));
}

async fn a_repeated_confirm_changes_nothing(store: &TestStore) {
    store.alice_has(700).await;
    let packets = [store.delivered(100).await, store.claimed(200).await.packet, store.refunded(300).await];
    for packet in packets {
        store.repeats(store.ledger.confirm(Confirm { packet }), Confirmed { repeated: true }).await;
    }
}

async fn a_confirm_after_a_claim_began_is_a_no_op(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.sending(700).await;
    store.begin(packet).await;

    store.repeats(store.ledger.confirm(Confirm { packet }), Confirmed { repeated: true }).await;
}

async fn a_confirm_after_the_lease_still_opens_the_packet(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.sending(700).await;
    store.clock.advance(LEASE * 2);

    assert_eq!(done(store.ledger.confirm(Confirm { packet }).await), Confirmed { repeated: false });
    assert_eq!(store.look(packet).await.state, PacketState::Open);
}

async fn a_confirm_of_a_cancelled_packet_is_refused(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.cancelled(700).await;
    store.refuses(store.ledger.confirm(Confirm { packet }), ConfirmRefusal::Cancelled).await;
}

async fn a_cancel_gives_the_money_back(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.sending(300).await;
    store.clock.advance(LEASE);

    assert_eq!(done(store.ledger.cancel(Cancel { packet }).await), Cancelled { repeated: false });

    let found = store.look(packet).await;
    assert_eq!((found.state, found.balance.amount), (PacketState::Cancelled, Amount::ZERO));
    assert_eq!(found.ended_at, Some(store.clock.now()));
    assert_eq!(store.fen_of(alice()).await, (700, 0));
}

async fn a_repeated_cancel_changes_nothing(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.cancelled(700).await;
    store.repeats(store.ledger.cancel(Cancel { packet }), Cancelled { repeated: true }).await;
}

async fn a_cancel_of_a_delivered_packet_is_refused(store: &TestStore) {
    store.alice_has(700).await;
    let begun_while_sending = store.sending(50).await;
    store.begin(begun_while_sending).await;
    let packets =
        [begun_while_sending, store.delivered(100).await, store.claimed(200).await.packet, store.refunded(300).await];
    for packet in packets {
        store.refuses(store.ledger.cancel(Cancel { packet }), CancelRefusal::Delivered).await;
    }
}

async fn a_cancel_that_finds_the_sender_full_is_refused_until_there_is_room(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.sending(700).await;
    store.bring(cny_of(alice()), Amount::MAX.minor()).await;
    store.refuses(store.ledger.cancel(Cancel { packet }), CancelRefusal::BalanceOverflow).await;

    store.take(cny_of(alice()), 700).await;
    done(store.ledger.cancel(Cancel { packet }).await);
    assert_eq!(store.fen_of(alice()).await, (Amount::MAX.minor(), 0));
}

async fn confirm_and_cancel_do_not_find_what_is_not_there(store: &TestStore) {
    let nothing = PacketRef { id: store.ids.transfer(), sender: alice(), coin: cny() };
    store.alice_has(700).await;
    let packet = store.sending(700).await;
    for packet in [nothing].into_iter().chain(forged(packet)) {
        store.refuses(store.ledger.confirm(Confirm { packet }), ConfirmRefusal::NotFound).await;
        store.refuses(store.ledger.cancel(Cancel { packet }), CancelRefusal::NotFound).await;
    }
}
