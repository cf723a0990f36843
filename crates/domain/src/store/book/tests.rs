//! Time in the book.

use crate::{id::TransferId, ledger::Holder, testing::*};

#[test]
fn a_row_that_is_dated_ahead_reaches_no_other_row_and_no_verdict() {
    let mut store = Store::new();
    let packet = store.delivered();
    let year_ahead = NOON.after(LIFE * 24 * 365);
    store.account_of_alice().changed_at = year_ahead;

    let reserved = store.run(gift(7, "2"), NOON).unwrap();
    let begun = store.begin(packet, bob(), NOON);
    store.run(settle(&begun, bob()), NOON).unwrap();

    assert_eq!((reserved.lease_until, reserved.expires_at), (NOON.after(LEASE), NOON.after(LIFE)));
    assert_eq!(begun.lease_until, NOON.after(LEASE));
    let of_others: Vec<_> = store.rows.accounts.values().filter(|row| row.key != cny_of(alice())).collect();
    assert!(of_others.iter().all(|row| row.changed_at == NOON), "{of_others:?}");
    assert!(store.rows.packets.values().all(|row| row.changed_at == NOON), "{:?}", store.rows.packets);
}

#[test]
fn a_row_and_its_postings_never_run_backwards() {
    let mut store = Store::new();
    let packet = store.delivered();
    let year_ahead = NOON.after(LIFE * 24 * 365);
    store.account_of_alice().changed_at = year_ahead;
    store.first_packet().changed_at = year_ahead;

    let begun = store.begin(packet, bob(), NOON);
    store.run(release(&begun, bob()), NOON).unwrap();
    store.run(gift(7, "2"), NOON).unwrap();

    assert_eq!((store.packet(packet).changed_at, store.account_of_alice().changed_at), (year_ahead, year_ahead));
    let last = |holder| store.rows.postings.iter().rfind(|posting| posting.holder == holder).unwrap().at;
    assert_eq!(last(Holder::Account(cny_of(alice()))), year_ahead);
    assert_eq!(last(Holder::Packet(TransferId::from_u128(7))), NOON);
}
