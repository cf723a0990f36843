use super::*;
use crate::{
    money::Amount,
    red_packet::{Cancel, Expire},
    testing::*,
};

fn by(taker: UserId, packet: PacketRef) -> BeginClaim {
    BeginClaim { id: packet.id, taker, lease: LEASE }
}

#[test]
fn a_claim_begins_under_a_lease_and_moves_the_money_when_it_settles() {
    let mut store = Store::new();
    let begun = store.claiming();
    assert_eq!((begun.money.amount, begun.lease_until), (fen(300), NOON.after(LEASE)));
    assert_eq!(store.fen_of(bob()), 0);

    let receipt = store.run(settle(&begun, bob()), NOON.after(LEASE)).unwrap();

    assert_eq!((receipt.taker, receipt.money, receipt.claimed_at), (bob(), begun.money, NOON.after(LEASE)));
    assert_eq!(store.packet(begun.packet).state, PacketState::Claimed);
    assert_eq!((store.fen_of(alice()), store.fen_of(bob())), (700, 300));
}

#[test]
fn not_yours_comes_before_everything_but_not_found() {
    let mut store = Store::new();
    let settled = store.claiming();
    store.run(settle(&settled, bob()), NOON).unwrap();
    let cancelled = store.sending();
    store.run(Cancel { packet: cancelled }, NOON).unwrap();
    let open = store.delivered();
    let nothing = PacketRef { id: TransferId::from_u128(99), ..open };

    for taker in [alice(), carol()] {
        assert_eq!(store.run(by(taker, nothing), NOON), Err(BeginClaimRefusal::NotFound));
        for packet in [settled.packet, cancelled, open] {
            for at in [NOON, NOON.after(LIFE)] {
                assert_eq!(store.run(by(taker, packet), at), Err(BeginClaimRefusal::NotYours));
            }
        }
    }
}

#[test]
fn whoever_has_the_share_is_shown_the_receipt_for_ever() {
    let mut store = Store::new();
    let begun = store.claiming();
    let receipt = store.run(settle(&begun, bob()), NOON).unwrap();

    let refusal = store.run(by(bob(), begun.packet), NOON.after(LIFE * 9)).unwrap_err();
    assert_eq!(refusal, BeginClaimRefusal::ClaimedByYou(Box::new(receipt)));
}

#[test]
fn ones_own_claim_is_in_progress_until_its_lease_is_over() {
    let mut store = Store::new();
    let begun = store.claiming();
    let end = begun.lease_until.to_micros();

    let just_before = Timestamp::from_micros(end - 1);
    assert_eq!(store.run(by(bob(), begun.packet), just_before), Err(BeginClaimRefusal::InProgress));
    assert!(store.run(by(bob(), begun.packet), begun.lease_until).is_ok());
}

#[test]
fn a_cancelled_packet_cannot_be_claimed() {
    let mut store = Store::new();
    let packet = store.sending();
    store.run(Cancel { packet }, NOON).unwrap();
    assert_eq!(store.run(by(bob(), packet), NOON.after(LIFE)), Err(BeginClaimRefusal::Cancelled));
}

#[test]
fn expiry_is_judged_when_the_claim_begins_whether_or_not_anybody_swept() {
    let mut store = Store::new();
    let (swept, open, sending) = (store.delivered(), store.delivered(), store.sending());
    let end = NOON.after(LIFE);
    store.run(Expire { packet: swept }, end).unwrap();

    for packet in [swept, open, sending] {
        assert_eq!(store.run(by(bob(), packet), end), Err(BeginClaimRefusal::Expired));
    }
    let just_before = Timestamp::from_micros(end.to_micros() - 1);
    assert!(store.run(by(bob(), open), just_before).is_ok());
}

#[test]
fn a_claim_that_began_in_time_settles_after_expiry() {
    let mut store = Store::new();
    let begun = store.claiming();
    assert!(store.run(settle(&begun, bob()), NOON.after(LIFE * 2)).is_ok());
    assert_eq!(store.fen_of(bob()), 300);
}

#[test]
fn a_take_over_makes_the_old_fence_worthless() {
    let mut store = Store::new();
    let late = store.claiming();
    let current = store.begin(late.packet, bob(), late.lease_until);

    assert_eq!(store.run(settle(&late, bob()), NOON), Err(SettleRefusal::Stale));
    assert_eq!(store.run(release(&late, bob()), NOON), Err(ReleaseRefusal::Stale));

    let receipt = store.run(settle(&current, bob()), NOON).unwrap();
    assert_eq!(store.run(settle(&late, bob()), NOON), Err(SettleRefusal::ClaimedByYou(Box::new(receipt))));
    assert_eq!(store.run(release(&late, bob()), NOON), Err(ReleaseRefusal::Stale));
}

#[test]
fn a_lapsed_claim_is_not_taken_over_after_expiry() {
    let mut store = Store::new();
    let late = store.claiming();
    assert_eq!(store.run(by(bob(), late.packet), NOON.after(LIFE)), Err(BeginClaimRefusal::Expired));
}

#[test]
fn a_repeated_settle_gives_the_same_receipt_and_moves_nothing() {
    let mut store = Store::new();
    let begun = store.claiming();
    let receipt = store.run(settle(&begun, bob()), NOON).unwrap();

    assert_eq!(store.run(settle(&begun, bob()), NOON.after(LIFE)), Ok(receipt));
    assert_eq!(store.fen_of(bob()), 300);
}

#[test]
fn a_settle_after_the_release_is_stale_and_so_is_a_release_after_the_settle() {
    let mut store = Store::new();
    let begun = store.claiming();
    assert_eq!(store.run(release(&begun, bob()), NOON), Ok(Released { refunded: false }));
    assert_eq!(store.run(settle(&begun, bob()), NOON), Err(SettleRefusal::Stale));

    let again = store.begin(begun.packet, bob(), NOON);
    assert_eq!(store.run(settle(&begun, bob()), NOON), Err(SettleRefusal::Stale));
    store.run(settle(&again, bob()), NOON).unwrap();
    assert_eq!(store.run(release(&again, bob()), NOON), Err(ReleaseRefusal::Stale));
}

#[test]
fn a_fence_that_was_never_given_is_stale() {
    let mut store = Store::new();
    let begun = store.claiming();
    for fence in [0, begun.fence + 1, u64::MAX] {
        assert_eq!(store.run(SettleClaim { fence, ..settle(&begun, bob()) }, NOON), Err(SettleRefusal::Stale));
        assert_eq!(store.run(ReleaseClaim { fence, ..release(&begun, bob()) }, NOON), Err(ReleaseRefusal::Stale));
    }
    assert_eq!(store.run(settle(&begun, carol()), NOON), Err(SettleRefusal::Stale));
    assert_eq!(store.run(release(&begun, carol()), NOON), Err(ReleaseRefusal::Stale));
}

#[test]
fn a_release_puts_the_share_back_and_repeats_as_a_no_op() {
    let mut store = Store::new();
    let begun = store.claiming();
    assert_eq!(store.run(release(&begun, bob()), NOON), Ok(Released { refunded: false }));
    let packet = store.packet(begun.packet).clone();
    assert_eq!((packet.state, packet.shares[0].taker), (PacketState::Open, None));

    assert_eq!(store.run(release(&begun, bob()), NOON.after(LIFE)), Ok(Released { refunded: false }));
    assert_eq!(*store.packet(begun.packet), packet);
}

#[test]
fn a_repeated_release_tells_of_no_refund_that_came_later() {
    let mut store = Store::new();
    let begun = store.claiming();
    store.run(release(&begun, bob()), NOON).unwrap();
    store.run(Expire { packet: begun.packet }, NOON.after(LIFE)).unwrap();

    assert_eq!(store.run(release(&begun, bob()), NOON.after(LIFE)), Ok(Released { refunded: false }));
}

#[test]
fn a_release_after_expiry_refunds_in_the_same_command() {
    let mut store = Store::new();
    let begun = store.claiming();
    let end = NOON.after(LIFE);

    assert_eq!(store.run(release(&begun, bob()), end), Ok(Released { refunded: true }));
    assert_eq!(store.packet(begun.packet).state, PacketState::Refunded);
    assert_eq!(store.fen_of(alice()), 1_000);
    assert_eq!(store.run(release(&begun, bob()), end), Ok(Released { refunded: true }));
    assert_eq!(store.fen_of(alice()), 1_000);
}

#[test]
fn a_release_after_expiry_leaves_the_refund_to_the_last_claim_in_progress() {
    let mut store = Store::new();
    let packet = store.shared();
    let (bobs, carols) = (store.begin(packet, bob(), NOON), store.begin(packet, carol(), NOON));
    let end = NOON.after(LIFE);

    assert_eq!(store.run(release(&bobs, bob()), end), Ok(Released { refunded: false }));
    assert_eq!(store.run(release(&carols, carol()), end), Ok(Released { refunded: true }));
    assert_eq!(store.fen_of(alice()), 1_000);
}

#[test]
fn the_packet_is_claimed_when_its_last_share_is() {
    let mut store = Store::new();
    let packet = store.shared();
    let (bobs, carols) = (store.begin(packet, bob(), NOON), store.begin(packet, carol(), NOON));

    store.run(settle(&bobs, bob()), NOON).unwrap();
    assert_eq!(store.packet(packet).state, PacketState::Open);
    store.run(settle(&carols, carol()), NOON).unwrap();
    assert_eq!(store.packet(packet).state, PacketState::Claimed);
    assert_eq!((store.fen_of(bob()), store.fen_of(carol())), (100, 200));
}

#[test]
fn a_share_that_another_has_taken_cannot_be_claimed() {
    let mut store = Store::new();
    let packet = store.delivered();
    let row = store.first_packet();
    row.shares[0].taker = Some(carol());
    let state = ClaimState::Claiming { lease_until: NOON.after(LEASE) };
    row.claims.push(Claim { taker: carol(), share: 1, state, version: 1, changed_at: NOON });
    assert_eq!(store.run(by(bob(), packet), NOON), Err(BeginClaimRefusal::AllTaken));
}

#[test]
fn whoever_is_full_keeps_the_claim_in_progress() {
    let mut store = Store::new();
    let begun = store.claiming();
    store.bring(bob(), Amount::MAX.minor() - 299);
    assert_eq!(store.run(settle(&begun, bob()), NOON), Err(SettleRefusal::BalanceOverflow));

    store.bring(alice(), Amount::MAX.minor() - 700 - 299);
    let end = NOON.after(LIFE);
    assert_eq!(store.run(release(&begun, bob()), end), Err(ReleaseRefusal::BalanceOverflow));
    assert!(store.packet(begun.packet).has_claim_in_progress());
}

#[test]
fn a_claim_is_found_only_by_its_packets_own_id_sender_and_coin() {
    let mut store = Store::new();
    let begun = store.claiming();
    for packet in forged(begun.packet) {
        let begun = Begun { packet, ..begun };
        assert_eq!(store.run(settle(&begun, bob()), NOON), Err(SettleRefusal::NotFound));
        assert_eq!(store.run(release(&begun, bob()), NOON), Err(ReleaseRefusal::NotFound));
    }
}
