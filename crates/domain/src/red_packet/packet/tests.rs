//! Packets that contradict themselves.

use super::*;
use crate::testing::*;

/// Checks that a packet as the rules make it is consistent, and that it is not after each of the changes.
fn contradicts(packet: &Packet, changes: &[fn(&mut Packet)]) {
    assert!(packet.is_consistent(), "{packet:?}");
    for (number, change) in changes.iter().enumerate() {
        let mut wrong = packet.clone();
        change(&mut wrong);
        assert!(!wrong.is_consistent(), "change {number} was not seen: {wrong:?}");
    }
}

#[test]
fn an_unclaimed_packet_holds_its_total_and_has_not_ended() {
    let mut store = Store::new();
    let (sending, open) = (store.sending(), store.delivered());
    for packet in [sending, open] {
        contradicts(
            store.packet(packet),
            &[
                |packet| packet.balance.amount = fen(299),
                |packet| packet.shares[0].amount = fen(299),
                |packet| packet.shares.clear(),
                |packet| packet.total = fen(299),
                |packet| packet.ended_at = Some(NOON),
                |packet| packet.state = PacketState::Claimed,
                |packet| packet.end(PacketState::Refunded),
                |packet| packet.end(PacketState::Cancelled),
            ],
        );
    }
}

#[test]
fn a_claim_belongs_to_its_share() {
    let mut store = Store::new();
    let begun = store.claiming();
    contradicts(
        store.packet(begun.packet),
        &[
            |packet| packet.shares[0].taker = None,
            |packet| packet.shares[0].taker = Some(carol()),
            |packet| packet.claims.clear(),
            |packet| packet.claims[0].state = ClaimState::Released,
            |packet| packet.claims[0].share = 2,
            |packet| packet.claims[0].state = ClaimState::Claimed,
            |packet| packet.state = PacketState::Sending { lease_until: NOON },
        ],
    );
}

#[test]
fn a_claimed_packet_is_empty_and_every_share_has_its_taker() {
    let mut store = Store::new();
    let begun = store.claiming();
    store.run(settle(&begun, bob()), NOON).unwrap();
    contradicts(
        store.packet(begun.packet),
        &[
            |packet| packet.balance.amount = fen(1),
            |packet| packet.claims[0].state = ClaimState::Claiming { lease_until: NOON },
            |packet| packet.claims[0].state = ClaimState::Released,
            |packet| packet.claims.clear(),
            |packet| packet.ended_at = None,
            |packet| packet.state = PacketState::Open,
            |packet| (packet.state, packet.ended_at) = (PacketState::Open, None),
            |packet| packet.state = PacketState::Refunded,
            |packet| packet.state = PacketState::Cancelled,
        ],
    );
}

#[test]
fn a_refunded_packet_is_empty_and_nobody_claims_it() {
    let mut store = Store::new();
    let begun = store.claiming();
    store.run(release(&begun, bob()), NOON.after(LIFE)).unwrap();
    contradicts(
        store.packet(begun.packet),
        &[
            |packet| packet.balance.amount = fen(300),
            |packet| packet.claims[0].state = ClaimState::Claiming { lease_until: NOON },
            |packet| packet.ended_at = None,
        ],
    );
}

/// A store writes a packet over the version that it has loaded: two changes under one version would be one.
#[test]
fn each_change_of_a_packet_gives_it_the_next_version() {
    let mut store = Store::new();
    let packet = store.delivered();
    let opened = store.packet(packet).version;
    let begun = store.begin(packet, bob(), NOON);
    assert_eq!(store.packet(packet).version, opened + 1);
    store.run(settle(&begun, bob()), NOON).unwrap();
    assert_eq!(store.packet(packet).version, opened + 2);
}
