//! Reading a packet.

use hongbao_domain::{
    ledger::Balance,
    money::Amount,
    red_packet::{Claim, ClaimState, Packet, PacketState, Reserve, Share},
    time::Timestamp,
};
use hongbao_ports::{Clock, Ids};

use crate::{
    TestStore,
    case::cases,
    scene::{LEASE, LIFE, alice, amount, bob, cny, done, release, scale, settle},
};

cases![
    a_packet_that_was_never_made_is_not_there,
    a_new_packet_reads_as_it_was_made,
    a_packet_keeps_each_step_of_its_claim,
    a_remark_is_kept_as_it_was_written,
    every_step_raises_the_version,
    a_clock_that_is_set_back_decides_and_no_row_follows_it,
];

async fn a_packet_that_was_never_made_is_not_there(store: &TestStore) {
    assert_eq!(store.queries.packet(store.ids.transfer()).await.expect("packets can be read"), None);
}

async fn a_new_packet_reads_as_it_was_made(store: &TestStore) {
    store.alice_has(700).await;
    let now = store.clock.now();
    let packet = store.sending(300).await;

    let expected = Packet {
        id: packet.id,
        sender: alice(),
        coin: cny(),
        scale: scale(2),
        total: amount(300),
        balance: Balance { amount: amount(300), version: 1 },
        remark: "恭喜发财".parse().expect("the remark is short"),
        state: PacketState::Sending { lease_until: now.after(LEASE) },
        created_at: now,
        expires_at: now.after(LIFE),
        ended_at: None,
        changed_at: now,
        version: 1,
        shares: vec![Share { number: 1, amount: amount(300), receiver: Some(bob()), taker: None }],
        claims: Vec::new(),
    };
    assert_eq!(store.look(packet).await, expected);
}

async fn a_packet_keeps_each_step_of_its_claim(store: &TestStore) {
    store.alice_has(700).await;
    let begun = store.claiming(300).await;
    let step = async |state, version| {
        let packet = store.look(begun.packet).await;
        let claim = Claim { taker: bob(), share: 1, state, version, changed_at: store.clock.now() };
        assert_eq!(packet.claims, [claim]);
        assert_eq!(packet.shares[0].taker.is_some(), state != ClaimState::Released);
        assert!(packet.is_consistent(), "{packet:?}");
    };

    step(ClaimState::Claiming { lease_until: begun.lease_until }, begun.fence).await;
    store.clock.advance(LEASE);
    let begun = store.begin(begun.packet).await;
    step(ClaimState::Claiming { lease_until: begun.lease_until }, begun.fence).await;
    done(store.ledger.release_claim(release(&begun)).await);
    step(ClaimState::Released, begun.fence + 1).await;
    store.clock.advance(LEASE);
    let begun = store.begin(begun.packet).await;
    step(ClaimState::Claiming { lease_until: begun.lease_until }, begun.fence).await;
    done(store.ledger.settle_claim(settle(&begun)).await);
    step(ClaimState::Claimed, begun.fence + 1).await;
    assert_eq!(store.look(begun.packet).await.balance, Balance { amount: Amount::ZERO, version: 2 });
}

async fn a_remark_is_kept_as_it_was_written(store: &TestStore) {
    store.alice_has(700).await;
    let remarks = [String::new(), "🧧".repeat(225), " 'a' \"b\" \\ %_; -- \r\n\t{}\u{200d} ".to_owned()];
    for text in remarks {
        let remark = text.parse().expect("the remark is short enough");
        let packet = done(store.ledger.reserve(Reserve { remark, ..store.gift(1) }).await).packet;
        assert_eq!(store.look(packet).await.remark.as_str(), text);
        let begun = store.begin(packet).await;
        assert_eq!(done(store.ledger.settle_claim(settle(&begun)).await).remark.as_str(), text);
    }
}

async fn every_step_raises_the_version(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.sending(300).await;
    let sending = store.look(packet).await.version;
    let begun = store.begin(packet).await;
    let claiming = store.look(packet).await.version;
    done(store.ledger.release_claim(release(&begun)).await);
    let open = store.look(packet).await.version;
    assert!(sending < claiming && claiming < open, "{sending}, {claiming}, {open}");
}

async fn a_clock_that_is_set_back_decides_and_no_row_follows_it(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.sending(300).await;
    let made_at = store.clock.now();
    let set_back = Timestamp::from_micros(made_at.to_micros() - 1_000_000);
    store.clock.set(set_back);

    let begun = store.begin(packet).await;

    assert_eq!(begun.lease_until, set_back.after(LEASE));
    assert_eq!(store.look(packet).await.changed_at, made_at);
    assert_eq!(done(store.ledger.settle_claim(settle(&begun)).await).claimed_at, made_at);
}
