use super::*;
use crate::{
    money::Amount,
    red_packet::{
        BeginClaim, BeginClaimRefusal, Cancel, Confirm, Confirmed, Expire, ExpireRefusal, Published, ReleaseClaim,
        Released,
    },
    testing::*,
};

#[test]
fn an_open_packet_goes_back_at_once_and_once() {
    let mut store = Store::new();
    let packet = store.delivered();

    assert_eq!(store.run(Recall { packet }, NOON), Ok(Recalled { repeated: false }));

    assert_eq!((store.packet(packet).state, store.packet(packet).ended_at), (PacketState::Refunded, Some(NOON)));
    assert_eq!(store.fen_of(alice()), 1_000);
    assert_eq!(store.run(Recall { packet }, NOON), Ok(Recalled { repeated: true }));
    assert_eq!(store.fen_of(alice()), 1_000);
    assert_eq!(store.run(Expire { packet }, NOON.after(LIFE)), Err(ExpireRefusal::NotOpen));
}

#[test]
fn what_its_sender_and_its_receiver_were_told_stays_true() {
    let mut store = Store::new();
    let packet = store.delivered();
    let told = Published::of(store.packet(packet)).unwrap();

    store.run(Recall { packet }, NOON).unwrap();

    assert!(told.is_true_of(store.packet(packet)));
    assert!(store.packet(packet).is_consistent());
    assert_eq!(store.run(Confirm { packet }, NOON), Ok(Confirmed { repeated: true }));
    let claim = BeginClaim { id: packet.id, taker: bob(), lease: LEASE };
    for at in [NOON, NOON.after(LIFE)] {
        assert_eq!(store.run(claim, at), Err(BeginClaimRefusal::Cancelled));
    }
}

#[test]
fn what_is_being_sent_or_claimed_is_not_recalled() {
    let mut store = Store::new();
    let begun = store.claiming();
    assert_eq!(store.run(Recall { packet: begun.packet }, NOON), Err(RecallRefusal::ClaimInProgress));
    store.run(settle(&begun, bob()), NOON).unwrap();
    let sending = store.sending();
    for packet in [begun.packet, sending] {
        assert_eq!(store.run(Recall { packet }, NOON), Err(RecallRefusal::NotOpen));
    }
    store.run(Cancel { packet: sending }, NOON).unwrap();
    assert_eq!(store.run(Recall { packet: sending }, NOON), Ok(Recalled { repeated: true }));
}

#[test]
fn what_has_gone_back_already_stays_so() {
    let mut store = Store::new();
    let packet = store.delivered();
    store.run(Expire { packet }, NOON.after(LIFE)).unwrap();
    assert_eq!(store.run(Recall { packet }, NOON.after(LIFE)), Ok(Recalled { repeated: true }));
    assert_eq!(store.fen_of(alice()), 1_000);
}

#[test]
fn a_claim_that_was_released_before_did_not_refund() {
    let mut store = Store::new();
    let begun = store.claiming();
    let release = ReleaseClaim { packet: begun.packet, taker: bob(), fence: begun.fence };
    assert_eq!(store.run(release, NOON), Ok(Released { refunded: false }));
    store.run(Recall { packet: begun.packet }, NOON).unwrap();
    assert_eq!(store.run(release, NOON), Ok(Released { refunded: false }));
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
