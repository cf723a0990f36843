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
    Rig,
    case::cases,
    scene::{LEASE, LIFE, alice, amount, bob, cny, cny_of, coin, done, forged, new_coin, scale},
};

cases![
    a_reserve_moves_the_money_into_the_packet,
    a_reserve_of_a_coin_that_is_unknown_or_not_held_is_refused,
    a_reserve_of_nothing_is_refused,
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

async fn a_reserve_moves_the_money_into_the_packet(rig: &Rig) {
    rig.alice_has(10_000).await;
    let gift = rig.gift(8_888);

    let reserved = done(rig.ledger.reserve(gift.clone()).await);

    let scale = scale(2);
    let now = rig.clock.now();
    let expected = Reserved {
        packet: PacketRef { id: gift.id, sender: alice(), coin: cny() },
        money: Money { coin: cny(), scale, amount: amount(8_888) },
        lease_until: now.after(LEASE),
        expires_at: now.after(LIFE),
    };
    assert_eq!(reserved, expected);
    assert_eq!(rig.fen_of(alice()).await, (1_112, 8_888));
    assert_eq!(rig.look(reserved.packet).await.state, PacketState::Sending { lease_until: now.after(LEASE) });
}

async fn refuse(rig: &Rig, quantity: &str, refusal: ReserveRefusal) {
    let quantity = quantity.parse().expect("the text is a decimal");
    rig.refuses(rig.ledger.reserve(Reserve { quantity, ..rig.gift(1) }), refusal).await;
}

async fn a_reserve_of_a_coin_that_is_unknown_or_not_held_is_refused(rig: &Rig) {
    rig.alice_has(10_000).await;
    let unknown = Reserve { coin: coin("XYZ"), ..rig.gift(1) };
    rig.refuses(rig.ledger.reserve(unknown), ReserveRefusal::CoinNotHeld).await;

    let not_held = Reserve { coin: coin("ETH"), ..rig.gift(1) };
    rig.refuses(rig.ledger.reserve(not_held), ReserveRefusal::CoinNotHeld).await;
}

async fn a_reserve_of_nothing_is_refused(rig: &Rig) {
    rig.alice_has(10_000).await;
    refuse(rig, "0", ReserveRefusal::NotPositive).await;
    refuse(rig, "0.000", ReserveRefusal::NotPositive).await;
}

async fn a_reserve_of_a_part_of_a_fen_is_refused(rig: &Rig) {
    rig.alice_has(10_000).await;
    refuse(rig, "1.001", ReserveRefusal::TooPrecise).await;
    refuse(rig, "1e-40", ReserveRefusal::TooPrecise).await;
}

async fn a_reserve_outside_the_limits_is_refused(rig: &Rig) {
    rig.alice_has(50_000).await;
    refuse(rig, "200.01", ReserveRefusal::AboveMaximum).await;
    refuse(rig, "1e40", ReserveRefusal::AboveMaximum).await;
    done(rig.ledger.reserve(rig.gift(20_000)).await);
    done(rig.ledger.reserve(rig.gift(1)).await);

    done(rig.ledger.add_coin(new_coin(cny(), 2, 10, 20_000)).await);
    refuse(rig, "0.09", ReserveRefusal::BelowMinimum).await;
    done(rig.ledger.reserve(rig.gift(10)).await);
}

async fn a_reserve_of_more_than_there_is_is_refused(rig: &Rig) {
    rig.alice_has(700).await;
    refuse(rig, "7.01", ReserveRefusal::BalanceTooLow).await;
}

async fn a_reserve_under_a_used_name_is_refused(rig: &Rig) {
    rig.alice_has(700).await;
    let first = rig.gift(100);
    done(rig.ledger.reserve(first.clone()).await);

    rig.refuses(rig.ledger.reserve(first.clone()), ReserveRefusal::IdTaken).await;
    rig.bring(cny_of(bob()), 700).await;
    let by_another = Reserve { sender: bob(), receiver: alice(), ..first };
    rig.refuses(rig.ledger.reserve(by_another), ReserveRefusal::IdTaken).await;
}

async fn the_first_reason_in_the_order_of_the_checks_is_told(rig: &Rig) {
    rig.add_coins().await;
    refuse(rig, "0", ReserveRefusal::NotPositive).await;
    refuse(rig, "1000.001", ReserveRefusal::CoinNotHeld).await;
    rig.open(cny_of(alice())).await;
    refuse(rig, "1000.001", ReserveRefusal::TooPrecise).await;
    refuse(rig, "1000", ReserveRefusal::AboveMaximum).await;
    refuse(rig, "1", ReserveRefusal::BalanceTooLow).await;
}

async fn the_whole_balance_can_be_sent(rig: &Rig) {
    rig.alice_has(700).await;
    let packet = rig.sending(700).await;
    assert_eq!(rig.fen_of(alice()).await, (0, 700));
    assert_eq!(rig.look(packet).await.balance.amount, amount(700));
}

async fn a_confirm_opens_the_packet(rig: &Rig) {
    rig.alice_has(700).await;
    let packet = rig.sending(700).await;

    assert_eq!(done(rig.ledger.confirm(Confirm { packet }).await), Confirmed { repeated: false });
    assert_eq!(rig.look(packet).await.state, PacketState::Open);
    assert_eq!(rig.fen_of(alice()).await, (0, 700));
}

async fn a_repeated_confirm_changes_nothing(rig: &Rig) {
    rig.alice_has(700).await;
    let packets = [rig.delivered(100).await, rig.claimed(200).await.packet, rig.refunded(300).await];
    for packet in packets {
        rig.repeats(rig.ledger.confirm(Confirm { packet }), Confirmed { repeated: true }).await;
    }
}

async fn a_confirm_after_a_claim_began_is_a_no_op(rig: &Rig) {
    rig.alice_has(700).await;
    let packet = rig.sending(700).await;
    rig.begin(packet).await;

    rig.repeats(rig.ledger.confirm(Confirm { packet }), Confirmed { repeated: true }).await;
}

async fn a_confirm_after_the_lease_still_opens_the_packet(rig: &Rig) {
    rig.alice_has(700).await;
    let packet = rig.sending(700).await;
    rig.clock.advance(LEASE * 2);

    assert_eq!(done(rig.ledger.confirm(Confirm { packet }).await), Confirmed { repeated: false });
    assert_eq!(rig.look(packet).await.state, PacketState::Open);
}

async fn a_confirm_of_a_cancelled_packet_is_refused(rig: &Rig) {
    rig.alice_has(700).await;
    let packet = rig.cancelled(700).await;
    rig.refuses(rig.ledger.confirm(Confirm { packet }), ConfirmRefusal::Cancelled).await;
}

async fn a_cancel_gives_the_money_back(rig: &Rig) {
    rig.alice_has(700).await;
    let packet = rig.sending(300).await;
    rig.clock.advance(LEASE);

    assert_eq!(done(rig.ledger.cancel(Cancel { packet }).await), Cancelled { repeated: false });

    let found = rig.look(packet).await;
    assert_eq!((found.state, found.balance.amount), (PacketState::Cancelled, Amount::ZERO));
    assert_eq!(found.ended_at, Some(rig.clock.now()));
    assert_eq!(rig.fen_of(alice()).await, (700, 0));
}

async fn a_repeated_cancel_changes_nothing(rig: &Rig) {
    rig.alice_has(700).await;
    let packet = rig.cancelled(700).await;
    rig.repeats(rig.ledger.cancel(Cancel { packet }), Cancelled { repeated: true }).await;
}

async fn a_cancel_of_a_delivered_packet_is_refused(rig: &Rig) {
    rig.alice_has(700).await;
    let begun_while_sending = rig.sending(50).await;
    rig.begin(begun_while_sending).await;
    let packets =
        [begun_while_sending, rig.delivered(100).await, rig.claimed(200).await.packet, rig.refunded(300).await];
    for packet in packets {
        rig.refuses(rig.ledger.cancel(Cancel { packet }), CancelRefusal::Delivered).await;
    }
}

async fn a_cancel_that_finds_the_sender_full_is_refused_until_there_is_room(rig: &Rig) {
    rig.alice_has(700).await;
    let packet = rig.sending(700).await;
    rig.bring(cny_of(alice()), Amount::MAX.minor()).await;
    rig.refuses(rig.ledger.cancel(Cancel { packet }), CancelRefusal::BalanceOverflow).await;

    rig.take(cny_of(alice()), 700).await;
    done(rig.ledger.cancel(Cancel { packet }).await);
    assert_eq!(rig.fen_of(alice()).await, (Amount::MAX.minor(), 0));
}

async fn confirm_and_cancel_do_not_find_what_is_not_there(rig: &Rig) {
    let nothing = PacketRef { id: rig.ids.transfer(), sender: alice(), coin: cny() };
    rig.alice_has(700).await;
    let packet = rig.sending(700).await;
    for packet in [nothing].into_iter().chain(forged(packet)) {
        rig.refuses(rig.ledger.confirm(Confirm { packet }), ConfirmRefusal::NotFound).await;
        rig.refuses(rig.ledger.cancel(Cancel { packet }), CancelRefusal::NotFound).await;
    }
}
