use super::*;
use crate::{money::Amount, red_packet::Cancel, testing::*, time::Timestamp};

#[test]
fn what_is_left_goes_back_when_the_time_is_over_and_not_before() {
    let mut store = Store::new();
    let packet = store.delivered();
    let end = NOON.after(LIFE);
    let just_before = Timestamp::from_micros(end.to_micros() - 1);
    assert_eq!(store.run(Expire { packet }, just_before), Err(ExpireRefusal::TooEarly));

    let expired = store.run(Expire { packet }, end).unwrap();

    assert_eq!(expired.refunded.amount, fen(300));
    assert_eq!((store.packet(packet).state, store.packet(packet).ended_at), (PacketState::Refunded, Some(end)));
    assert_eq!(store.fen_of(alice()), 1_000);
    assert_eq!(store.run(Expire { packet }, end), Err(ExpireRefusal::NotOpen));
}

#[test]
fn only_an_open_packet_expires() {
    let mut store = Store::new();
    let begun = store.claiming();
    store.run(settle(&begun, bob()), NOON).unwrap();
    let (sending, cancelled) = (store.sending(), store.sending());
    store.run(Cancel { packet: cancelled }, NOON).unwrap();

    for packet in [begun.packet, sending, cancelled] {
        assert_eq!(store.run(Expire { packet }, NOON.after(LIFE)), Err(ExpireRefusal::NotOpen));
    }
}

#[test]
fn a_claim_in_progress_decides_itself_even_with_its_lease_over() {
    let mut store = Store::new();
    let begun = store.claiming();
    let late = NOON.after(LIFE * 2);
    assert_eq!(store.run(Expire { packet: begun.packet }, late), Err(ExpireRefusal::ClaimInProgress));

    let before = NOON;
    store.run(release(&begun, bob()), before).unwrap();
    assert!(store.run(Expire { packet: begun.packet }, late).is_ok());
}

#[test]
fn only_what_nobody_claimed_goes_back() {
    let mut store = Store::new();
    let packet = store.shared();
    let carols = store.begin(packet, carol(), NOON);
    store.run(settle(&carols, carol()), NOON).unwrap();

    let expired = store.run(Expire { packet }, NOON.after(LIFE)).unwrap();

    assert_eq!(expired.refunded.amount, fen(100));
    assert_eq!((store.fen_of(alice()), store.fen_of(carol())), (800, 200));
}

#[test]
fn a_sender_who_is_full_keeps_the_packet_open() {
    let mut store = Store::new();
    let packet = store.delivered();
    store.bring(alice(), Amount::MAX.minor() - 700 - 299);
    assert_eq!(store.run(Expire { packet }, NOON.after(LIFE)), Err(ExpireRefusal::BalanceOverflow));
}

#[test]
fn a_packet_is_found_only_by_its_own_id_sender_and_coin() {
    let mut store = Store::new();
    let packet = store.delivered();
    for packet in forged(packet) {
        assert_eq!(store.run(Expire { packet }, NOON.after(LIFE)), Err(ExpireRefusal::NotFound));
    }
}
