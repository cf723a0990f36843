//! A clock that was ahead for a while and was set right.

use std::time::Duration;

use hongbao_domain::{
    group::{Due, Finding},
    red_packet::{BeginClaimRefusal, Cancel, Confirm, Stage},
    time::Timestamp,
};
use hongbao_ports::{
    Clock,
    query::{ClaimRef, Except, Overdue},
};

use crate::{
    TestStore,
    case::cases,
    group_steps::{PAUSE, by, new_group},
    scene::{LEASE, LIFE, alice, bob, by_bob, carol, cny_of, done, refused, release, settle},
};

/// So far ahead that nothing would ever end.
const YEAR: Duration = Duration::from_hours(24 * 365);

/// Ahead by more than a lease, and not by a packet's life.
const A_WHILE: Duration = Duration::from_mins(30);

cases![
    what_others_do_afterwards_is_dated_and_judged_by_the_true_clock,
    a_packet_that_was_claimed_meanwhile_is_judged_by_the_true_clock,
    a_lease_that_was_given_meanwhile_is_over_at_once,
    a_lease_that_is_given_afterwards_is_kept,
    a_row_that_was_changed_meanwhile_never_runs_backwards,
    a_group_and_a_join_that_were_begun_meanwhile_are_undone_at_once,
    an_appointment_that_was_made_meanwhile_is_kept_at_once,
    an_appointment_that_is_made_afterwards_has_its_pause,
];

async fn overdue(store: &TestStore) -> Overdue {
    store.queries.overdue(10, &Except::default()).await.expect("what is overdue can be read")
}

/// Moves the clock ahead, and gives the time to which it is set right later.
fn jump(store: &TestStore, span: Duration) -> Timestamp {
    let now = store.clock.now();
    store.clock.advance(span);
    now
}

async fn what_others_do_afterwards_is_dated_and_judged_by_the_true_clock(store: &TestStore) {
    store.alice_has(700).await;
    let before = store.delivered(100).await;
    let now = jump(store, YEAR);
    // Alice's own row is dated ahead, and so is one of a stranger.
    store.bring(cny_of(alice()), 5).await;
    store.bring(cny_of(carol()), 5).await;
    store.clock.set(now);

    let reserved = done(store.ledger.reserve(store.gift(200)).await);
    assert_eq!((reserved.lease_until, reserved.expires_at), (now.after(LEASE), now.after(LIFE)));
    let later = reserved.packet;
    done(store.ledger.confirm(Confirm { packet: later }).await);
    for packet in [before, later] {
        let begun = store.begin(packet).await;
        assert_eq!(begun.lease_until, now.after(LEASE));
        let receipt = done(store.ledger.settle_claim(settle(&begun)).await);
        assert_eq!((receipt.claimed_at, store.look(packet).await.ended_at), (now, Some(now)));
    }
    assert_eq!(store.fen_of(bob()).await, (300, 0));
}

async fn a_packet_that_was_claimed_meanwhile_is_judged_by_the_true_clock(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.delivered(100).await;
    let now = jump(store, A_WHILE);
    let begun = store.begin(packet).await;
    done(store.ledger.release_claim(release(&begun)).await);
    store.clock.set(now);

    // It is dated half an hour ahead, and has an hour from here on all the same.
    store.clock.advance(LIFE.saturating_sub(Duration::from_secs(1)));
    let viewed = store.queries.view(packet.id).await.expect("packets can be read").expect("the packet is there");
    assert_eq!(viewed.stage, Stage::Open);
    let begun = store.begin(packet).await;
    done(store.ledger.settle_claim(settle(&begun)).await);
}

async fn a_lease_that_was_given_meanwhile_is_over_at_once(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.delivered(100).await;
    let now = jump(store, A_WHILE);
    let begun = store.begin(packet).await;
    let sending = store.sending(200).await;
    assert_eq!(overdue(store).await, Overdue::default(), "while the clock is ahead, it is the clock");
    store.clock.set(now);

    let claim = ClaimRef { packet, taker: bob(), fence: begun.fence };
    let left = Overdue { sending: vec![sending], claiming: vec![claim], ..Overdue::default() };
    assert_eq!(overdue(store).await, left);
    done(store.ledger.cancel(Cancel { packet: sending }).await);
    let again = store.begin(packet).await;
    assert_eq!((again.fence, again.lease_until), (begun.fence + 1, now.after(LEASE)));
    assert_eq!(overdue(store).await, Overdue::default());
}

async fn a_lease_that_is_given_afterwards_is_kept(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.delivered(100).await;
    let now = jump(store, A_WHILE);
    let begun = store.begin(packet).await;
    done(store.ledger.release_claim(release(&begun)).await);
    store.clock.set(now);

    let begun = store.begin(packet).await;
    assert_eq!(overdue(store).await, Overdue::default());
    assert_eq!(refused(store.ledger.begin_claim(by_bob(packet)).await), BeginClaimRefusal::InProgress);
    store.clock.advance(LEASE);
    let claim = ClaimRef { packet, taker: bob(), fence: begun.fence };
    assert_eq!(overdue(store).await, Overdue { claiming: vec![claim], ..Overdue::default() });
}

async fn a_row_that_was_changed_meanwhile_never_runs_backwards(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.delivered(100).await;
    let now = jump(store, A_WHILE);
    let ahead = store.clock.now();
    let begun = store.begin(packet).await;
    done(store.ledger.release_claim(release(&begun)).await);
    store.clock.set(now);

    let begun = store.begin(packet).await;
    assert_eq!(store.look(packet).await.changed_at, ahead);
    let receipt = done(store.ledger.settle_claim(settle(&begun)).await);
    assert_eq!((receipt.claimed_at, store.look(packet).await.ended_at), (ahead, Some(ahead)));
}

async fn a_group_and_a_join_that_were_begun_meanwhile_are_undone_at_once(store: &TestStore) {
    let group = store.active_group().await.id;
    let now = jump(store, YEAR);
    let preparing = done(store.groups.prepare_group(new_group(store)).await).id;
    store.joining(bob(), group).await;
    assert_eq!(store.undo_lapsed(9).await, 0, "while the clock is ahead, it is the clock");
    store.clock.set(now);

    assert_eq!(store.due().await, [Due::Group(preparing), Due::Membership(group, bob())]);
    assert_eq!(store.undo_lapsed(9).await, 2);
    assert_eq!(store.due().await, [Due::Group(preparing), Due::Membership(group, bob())]);
    for due in store.due().await {
        done(store.groups.claim_check(due, LEASE).await);
    }
    assert_eq!(store.due().await, [], "those who are at it now have their lease");
    store.clock.advance(LEASE);
    assert_eq!(store.due().await.len(), 2);
}

async fn an_appointment_that_was_made_meanwhile_is_kept_at_once(store: &TestStore) {
    let group = store.active_group().await.id;
    let now = jump(store, YEAR);
    let discarded = done(store.groups.prepare_group(new_group(store)).await).id;
    done(store.groups.discard_group(discarded).await);
    let join = store.joining(bob(), group).await;
    done(store.groups.discard_join(join).await);
    for due in store.due().await {
        let held = done(store.groups.claim_check(due, LEASE).await);
        done(store.groups.end_check(due, held.fence, Finding::Agrees, PAUSE).await);
    }
    assert_eq!(store.due().await, []);
    store.clock.set(now);

    assert_eq!(store.due().await, [Due::Group(discarded), Due::Membership(group, bob())]);
    assert!(
        done(store.groups.prepare_join(by(bob(), group)).await).undo_first,
        "and no holder is in the way of a new join"
    );
}

async fn an_appointment_that_is_made_afterwards_has_its_pause(store: &TestStore) {
    let now = jump(store, YEAR);
    let discarded = done(store.groups.prepare_group(new_group(store)).await).id;
    done(store.groups.discard_group(discarded).await);
    store.clock.set(now);

    let due = Due::Group(discarded);
    let held = done(store.groups.claim_check(due, LEASE).await);
    done(store.groups.end_check(due, held.fence, Finding::Agrees, PAUSE).await);
    assert_eq!(store.due().await, []);
    store.clock.advance(PAUSE);
    assert_eq!(store.due().await, [due]);
}
