//! Finding what was left behind.

use hongbao_domain::{
    ledger::AccountKey,
    red_packet::{BeginClaim, Confirm, PacketRef, Reserve},
};
use hongbao_ports::{
    Ids,
    query::{ClaimRef, Except, Overdue},
};

use crate::{
    TestStore,
    case::cases,
    scene::{LEASE, LIFE, TICK, alice, bob, by_bob, carol, cny_of, done, eth, just_before, release, settle},
};

cases![
    nothing_is_overdue_at_first,
    a_packet_still_being_sent_is_overdue_when_its_lease_is_over,
    a_claim_in_progress_is_overdue_when_its_lease_is_over,
    an_open_packet_is_overdue_when_it_has_expired,
    an_expired_packet_with_a_claim_in_progress_is_not_to_expire,
    what_has_ended_is_never_overdue,
    the_longest_overdue_come_first_and_no_more_than_the_limit,
    what_is_left_out_does_not_count_towards_the_limit,
];

async fn overdue(store: &TestStore, limit: u32) -> Overdue {
    store.queries.overdue(limit, &Except::default()).await.expect("what is overdue can be read")
}

async fn nothing_is_overdue_at_first(store: &TestStore) {
    assert_eq!(overdue(store, 10).await, Overdue::default());
}

async fn a_packet_still_being_sent_is_overdue_when_its_lease_is_over(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.sending(300).await;
    store.clock.advance(just_before(LEASE));
    assert_eq!(overdue(store, 10).await, Overdue::default());

    store.clock.advance(TICK);
    assert_eq!(overdue(store, 10).await, Overdue { sending: vec![packet], ..Overdue::default() });

    store.clock.advance(LIFE);
    assert_eq!(overdue(store, 10).await, Overdue { sending: vec![packet], ..Overdue::default() });
}

async fn a_claim_in_progress_is_overdue_when_its_lease_is_over(store: &TestStore) {
    store.alice_has(700).await;
    let begun = store.claiming(300).await;
    store.clock.advance(just_before(LEASE));
    assert_eq!(overdue(store, 10).await, Overdue::default());

    store.clock.advance(TICK);
    let claim = ClaimRef { packet: begun.packet, taker: bob(), fence: begun.fence };
    assert_eq!(overdue(store, 10).await, Overdue { claiming: vec![claim], ..Overdue::default() });

    let again = store.begin(begun.packet).await;
    assert_eq!(overdue(store, 10).await, Overdue::default());
    store.clock.advance(LEASE);
    let claim = ClaimRef { fence: again.fence, ..claim };
    assert_eq!(overdue(store, 10).await, Overdue { claiming: vec![claim], ..Overdue::default() });
}

async fn an_open_packet_is_overdue_when_it_has_expired(store: &TestStore) {
    store.alice_has(700).await;
    let never_claimed = store.delivered(300).await;
    store.clock.advance(TICK);
    let released = store.claiming(200).await;
    done(store.ledger.release_claim(release(&released)).await);
    store.clock.advance(just_before(LIFE).saturating_sub(TICK));
    assert_eq!(overdue(store, 10).await, Overdue::default());

    store.clock.advance(TICK * 2);
    let expired = vec![never_claimed, released.packet];
    assert_eq!(overdue(store, 10).await, Overdue { expired, ..Overdue::default() });
}

async fn an_expired_packet_with_a_claim_in_progress_is_not_to_expire(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.delivered(300).await;
    store.clock.advance(just_before(LIFE));
    let begun = store.begin(packet).await;
    store.clock.advance(TICK);
    assert_eq!(overdue(store, 10).await, Overdue::default());

    store.clock.advance(LEASE);
    let claim = ClaimRef { packet, taker: bob(), fence: begun.fence };
    assert_eq!(overdue(store, 10).await, Overdue { claiming: vec![claim], ..Overdue::default() });
}

async fn what_has_ended_is_never_overdue(store: &TestStore) {
    store.alice_has(700).await;
    store.cancelled(10).await;
    let begun = store.claiming(20).await;
    done(store.ledger.settle_claim(settle(&begun)).await);
    store.refunded(30).await;
    store.clock.advance(LIFE * 2);
    assert_eq!(overdue(store, 10).await, Overdue::default());
}

async fn the_longest_overdue_come_first_and_no_more_than_the_limit(store: &TestStore) {
    store.alice_has(700).await;
    let (mut sending, mut claiming, mut expired): (Vec<PacketRef>, Vec<ClaimRef>, Vec<PacketRef>) = Default::default();
    for wait in 1..=5_u32 {
        // Later ones have the shorter lease or life, so that the order of making is the wrong one.
        let (lease, expires_in) = (LEASE / wait, LIFE / wait);
        let gift = || Reserve { lease, expires_in, ..store.gift(1) };
        sending.insert(0, done(store.ledger.reserve(gift()).await).packet);
        let packet = done(store.ledger.reserve(gift()).await).packet;
        let begun = done(store.ledger.begin_claim(BeginClaim { lease, ..by_bob(packet) }).await);
        claiming.insert(0, ClaimRef { packet, taker: bob(), fence: begun.fence });
        let packet = done(store.ledger.reserve(gift()).await).packet;
        done(store.ledger.confirm(Confirm { packet }).await);
        expired.insert(0, packet);
    }
    store.clock.advance(LIFE);
    let all = Overdue { sending, claiming, expired };

    assert_eq!(overdue(store, 10).await, all);
    let first = |limit: usize| Overdue {
        sending: all.sending[..limit].to_vec(),
        claiming: all.claiming[..limit].to_vec(),
        expired: all.expired[..limit].to_vec(),
    };
    assert_eq!(overdue(store, 3).await, first(3));
    assert_eq!(overdue(store, 0).await, first(0));
}

async fn what_is_left_out_does_not_count_towards_the_limit(store: &TestStore) {
    store.alice_has(700).await;
    store.bring(cny_of(carol()), 700).await;
    let of_carol = || store.gift_between(carol(), bob(), 1);
    let (mut sending, mut claiming, mut expired) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..3 {
        // Alice's come first, and so would hide those of carol.
        for gift in [store.gift(1), of_carol()] {
            sending.push(done(store.ledger.reserve(Reserve { id: store.ids.transfer(), ..gift.clone() }).await).packet);
            let packet = done(store.ledger.reserve(Reserve { id: store.ids.transfer(), ..gift.clone() }).await).packet;
            let fence = store.begin(packet).await.fence;
            claiming.push(ClaimRef { packet, taker: bob(), fence });
            let packet = done(store.ledger.reserve(gift).await).packet;
            done(store.ledger.confirm(Confirm { packet }).await);
            expired.push(packet);
            store.clock.advance(TICK);
        }
    }
    store.clock.advance(LIFE);
    let except = Except {
        accounts: [cny_of(alice())].into(),
        packets: [sending[1], claiming[1].packet, expired[1]].map(|packet| packet.id).into(),
    };
    let look = |limit, except| async move { store.queries.overdue(limit, except).await.expect("it can be read") };

    let left = |from: usize, to: usize| Overdue {
        sending: sending[from..to].iter().skip(1).step_by(2).copied().collect(),
        claiming: claiming[from..to].iter().skip(1).step_by(2).copied().collect(),
        expired: expired[from..to].iter().skip(1).step_by(2).copied().collect(),
    };
    assert_eq!(look(9, &except).await, left(2, 6));
    assert_eq!(look(1, &except).await, left(2, 4));
    let other_coin = Except { accounts: [AccountKey { user: alice(), coin: eth() }].into(), ..Except::default() };
    assert_eq!(look(9, &other_coin).await, Overdue { sending, claiming, expired });
}
