use super::*;
use crate::{
    money::Amount,
    red_packet::{Cancel, Expire, ExpireRefusal},
    testing::*,
};

#[test]
fn an_open_packet_goes_back_at_once_and_once() {
    let mut store = Store::new();
    let packet = store.delivered();

    assert_eq!(store.run(Recall { packet }, NOON), Ok(Cancelled { repeated: false }));

    assert_eq!((store.packet(packet).state, store.packet(packet).ended_at), (PacketState::Cancelled, Some(NOON)));
    assert_eq!(store.fen_of(alice()), 1_000);
    assert_eq!(store.run(Recall { packet }, NOON), Ok(Cancelled { repeated: true }));
    assert_eq!(store.fen_of(alice()), 1_000);
    assert_eq!(store.run(Expire { packet }, NOON.after(LIFE)), Err(ExpireRefusal::NotOpen));
}

#[test]
fn what_is_being_sent_or_has_ended_is_not_recalled() {
    let mut store = Store::new();
    let begun = store.claiming();
    assert_eq!(store.run(Recall { packet: begun.packet }, NOON), Err(RecallRefusal::ClaimInProgress));
    store.run(settle(&begun, bob()), NOON).unwrap();
    let sending = store.sending();
    for packet in [begun.packet, sending] {
        assert_eq!(store.run(Recall { packet }, NOON), Err(RecallRefusal::NotOpen));
    }
    store.run(Cancel { packet: sending }, NOON).unwrap();
    assert_eq!(store.run(Recall { packet: sending }, NOON), Ok(Cancelled { repeated: true }));
}

#[test]
fn a_sender_who_is_full_keeps_the_packet_open() {
    let mut store = Store::new();
    let packet = store.delivered();
    store.bring(alice(), Amount::MAX.minor() - 700 - 299);
    assert_eq!(store.run(Recall { packet }, NOON), Err(RecallRefusal::BalanceOverflow));
}

#[test]
fn a_packet_is_recalled_only_by_its_own_id_sender_and_coin() {
    let mut store = Store::new();
    let packet = store.delivered();
    for packet in forged(packet) {
        assert_eq!(store.run(Recall { packet }, NOON), Err(RecallRefusal::NotFound));
    }
}
