use std::{collections::BTreeSet, sync::Arc};

use super::*;
use crate::{
    id::EndpointId,
    money::Amount,
    outbox::{Audience, EventKind},
    red_packet::SettleClaim,
    testing::*,
};

#[test]
fn a_reserve_moves_the_money_into_a_packet_that_is_being_sent() {
    let mut store = Store::new();

    let reserved = store.run(gift(7, "3.00"), NOON).unwrap();

    let lease_until = NOON.after(LEASE);
    assert_eq!(
        reserved.packet,
        PacketRef { id: TransferId::from_u128(7), sender: alice(), coin: reserved.packet.coin }
    );
    assert_eq!((reserved.money.amount, reserved.lease_until), (fen(300), lease_until));
    assert_eq!(reserved.expires_at, NOON.after(LIFE));
    let packet = store.packet(reserved.packet);
    assert_eq!((packet.state, packet.balance.amount), (PacketState::Sending { lease_until }, fen(300)));
    assert_eq!(packet.remark.as_str(), "恭喜发财");
    assert_eq!(store.fen_of(alice()), 700);
}

#[test]
fn a_reserve_tells_the_first_reason_in_the_order_of_the_checks() {
    let mut store = Store::new();
    store.sending();
    let mut refusal = |reserve: Reserve| store.run(reserve, NOON).unwrap_err();
    let unheld = |coin: &str| Reserve { coin: coin.parse().unwrap(), ..gift(0, "0.001") };

    assert_eq!(refusal(unheld("XYZ")), ReserveRefusal::CoinNotHeld);
    assert_eq!(refusal(unheld("USD")), ReserveRefusal::CoinNotHeld);
    assert_eq!(refusal(gift(0, "0.001")), ReserveRefusal::TooPrecise);
    assert_eq!(refusal(gift(0, "0.09")), ReserveRefusal::BelowMinimum);
    assert_eq!(refusal(gift(0, "20.01")), ReserveRefusal::AboveMaximum);
    assert_eq!(refusal(gift(0, "1e40")), ReserveRefusal::AboveMaximum);
    assert_eq!(refusal(gift(0, "7.01")), ReserveRefusal::BalanceTooLow);
    assert_eq!(refusal(gift(0, "7")), ReserveRefusal::IdTaken);
}

#[test]
fn limits_and_balance_may_be_used_to_the_last_fen() {
    let mut store = Store::new();
    store.bring(alice(), 1_010);
    assert!(store.run(gift(1, "20"), NOON).is_ok());
    assert!(store.run(gift(2, "0.1"), NOON).is_ok());
    assert_eq!(store.fen_of(alice()), 0);
}

#[test]
fn a_confirm_opens_the_packet_once() {
    let mut store = Store::new();
    let packet = store.sending();

    assert_eq!(store.run(Confirm { packet }, NOON.after(LIFE)), Ok(Confirmed { repeated: false }));
    assert_eq!(store.packet(packet).state, PacketState::Open);
    assert_eq!(store.run(Confirm { packet }, NOON), Ok(Confirmed { repeated: true }));
}

#[test]
fn a_cancel_gives_the_money_back_once() {
    let mut store = Store::new();
    let packet = store.sending();
    let late = NOON.after(LEASE);

    assert_eq!(store.run(Cancel { packet }, late), Ok(Cancelled { repeated: false }));
    assert_eq!((store.packet(packet).state, store.packet(packet).ended_at), (PacketState::Cancelled, Some(late)));
    assert_eq!(store.fen_of(alice()), 1_000);
    assert_eq!(store.run(Cancel { packet }, late), Ok(Cancelled { repeated: true }));
    assert_eq!(store.fen_of(alice()), 1_000);
}

#[test]
fn a_claim_that_begins_first_makes_confirm_a_no_op_and_cancel_too_late() {
    let mut store = Store::new();
    let packet = store.sending();
    let begun = store.begin(packet, bob(), NOON.after(LEASE));
    let before = store.packet(packet).clone();
    assert_eq!(before.state, PacketState::Open);

    assert_eq!(store.run(Confirm { packet }, NOON), Ok(Confirmed { repeated: true }));
    assert_eq!(store.run(Cancel { packet }, NOON), Err(CancelRefusal::Delivered));
    assert_eq!(*store.packet(packet), before);

    store.run(SettleClaim { packet, taker: bob(), fence: begun.fence }, NOON).unwrap();
    assert_eq!(store.run(Confirm { packet }, NOON), Ok(Confirmed { repeated: true }));
    assert_eq!(store.run(Cancel { packet }, NOON), Err(CancelRefusal::Delivered));
}

#[test]
fn a_confirm_that_comes_after_the_cancel_is_refused() {
    let mut store = Store::new();
    let packet = store.sending();
    store.run(Cancel { packet }, NOON).unwrap();

    assert_eq!(store.run(Confirm { packet }, NOON), Err(ConfirmRefusal::Cancelled));
}

#[test]
fn a_confirmed_packet_cannot_be_cancelled() {
    let mut store = Store::new();
    let packet = store.delivered();
    assert_eq!(store.run(Cancel { packet }, NOON.after(LIFE)), Err(CancelRefusal::Delivered));
}

#[test]
fn a_sender_who_is_full_keeps_the_packet_uncancelled() {
    let mut store = Store::new();
    let packet = store.sending();
    store.bring(alice(), Amount::MAX.minor() - 700 - 299);
    assert_eq!(store.run(Cancel { packet }, NOON), Err(CancelRefusal::BalanceOverflow));
}

#[test]
fn a_packet_is_found_only_by_its_own_id_sender_and_coin() {
    let mut store = Store::new();
    let packet = store.sending();
    for packet in forged(packet) {
        assert_eq!(store.run(Confirm { packet }, NOON), Err(ConfirmRefusal::NotFound));
        assert_eq!(store.run(Cancel { packet }, NOON), Err(CancelRefusal::NotFound));
    }
}

#[test]
fn oneself_is_refused_before_it_is_asked_whether_one_is_active() {
    assert_eq!(check_receiver(alice(), alice(), false), Err(PublishRefusal::ToOneself));
    assert_eq!(check_receiver(alice(), bob(), false), Err(PublishRefusal::ReceiverNotFound));
    assert_eq!(check_receiver(alice(), bob(), true), Ok(()));
}

#[test]
fn that_a_packet_is_open_is_told_once_by_what_opens_it() {
    let mut store = Store::new();
    let kinds = BTreeSet::from([EventKind::PacketPublished]);
    let endpoints = vec![(EndpointId::from_u128(9), kinds)];
    store.audience = Arc::new(Audience { endpoints, ..Audience::default() });
    let (confirmed, claimed) = (store.sending(), store.sending());
    assert_eq!(store.rows.outbox.len(), 0);

    store.run(Confirm { packet: confirmed }, NOON).unwrap();
    store.begin(confirmed, bob(), NOON);
    assert_eq!(store.rows.outbox.len(), 1);

    store.begin(claimed, bob(), NOON);
    store.run(Confirm { packet: claimed }, NOON).unwrap();
    assert_eq!(store.rows.outbox.len(), 2);
}
