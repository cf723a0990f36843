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
    Rig,
    case::cases,
    gathering::{PAUSE, by, new_group},
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

async fn overdue(rig: &Rig) -> Overdue {
    rig.queries.overdue(10, &Except::default()).await.expect("what is overdue can be read")
}

/// Moves the clock ahead, and gives the time to which it is set right later.
fn jump(rig: &Rig, span: Duration) -> Timestamp {
    let now = rig.clock.now();
    rig.clock.advance(span);
    now
}

async fn what_others_do_afterwards_is_dated_and_judged_by_the_true_clock(rig: &Rig) {
    rig.alice_has(700).await;
    let before = rig.delivered(100).await;
    let now = jump(rig, YEAR);
    // Alice's own row is dated ahead, and so is one of a stranger.
    rig.bring(cny_of(alice()), 5).await;
    rig.bring(cny_of(carol()), 5).await;
    rig.clock.set(now);

    let reserved = done(rig.ledger.reserve(rig.gift(200)).await);
    assert_eq!((reserved.lease_until, reserved.expires_at), (now.after(LEASE), now.after(LIFE)));
    let later = reserved.packet;
    done(rig.ledger.confirm(Confirm { packet: later }).await);
    for packet in [before, later] {
        let begun = rig.begin(packet).await;
        assert_eq!(begun.lease_until, now.after(LEASE));
        let receipt = done(rig.ledger.settle_claim(settle(&begun)).await);
        assert_eq!((receipt.claimed_at, rig.look(packet).await.ended_at), (now, Some(now)));
    }
    assert_eq!(rig.fen_of(bob()).await, (300, 0));
}

async fn a_packet_that_was_claimed_meanwhile_is_judged_by_the_true_clock(rig: &Rig) {
    rig.alice_has(700).await;
    let packet = rig.delivered(100).await;
    let now = jump(rig, A_WHILE);
    let begun = rig.begin(packet).await;
    done(rig.ledger.release_claim(release(&begun)).await);
    rig.clock.set(now);

    // It is dated half an hour ahead, and has an hour from here on all the same.
    rig.clock.advance(LIFE.saturating_sub(Duration::from_secs(1)));
    let viewed = rig.queries.view(packet.id).await.expect("packets can be read").expect("the packet is there");
    assert_eq!(viewed.stage, Stage::Open);
    let begun = rig.begin(packet).await;
    done(rig.ledger.settle_claim(settle(&begun)).await);
}

async fn a_lease_that_was_given_meanwhile_is_over_at_once(rig: &Rig) {
    rig.alice_has(700).await;
    let packet = rig.delivered(100).await;
    let now = jump(rig, A_WHILE);
    let begun = rig.begin(packet).await;
    let sending = rig.sending(200).await;
    assert_eq!(overdue(rig).await, Overdue::default(), "while the clock is ahead, it is the clock");
    rig.clock.set(now);

    let claim = ClaimRef { packet, taker: bob(), fence: begun.fence };
    let left = Overdue { sending: vec![sending], claiming: vec![claim], ..Overdue::default() };
    assert_eq!(overdue(rig).await, left);
    done(rig.ledger.cancel(Cancel { packet: sending }).await);
    let again = rig.begin(packet).await;
    assert_eq!((again.fence, again.lease_until), (begun.fence + 1, now.after(LEASE)));
    assert_eq!(overdue(rig).await, Overdue::default());
}

async fn a_lease_that_is_given_afterwards_is_kept(rig: &Rig) {
    rig.alice_has(700).await;
    let packet = rig.delivered(100).await;
    let now = jump(rig, A_WHILE);
    let begun = rig.begin(packet).await;
    done(rig.ledger.release_claim(release(&begun)).await);
    rig.clock.set(now);

    let begun = rig.begin(packet).await;
    assert_eq!(overdue(rig).await, Overdue::default());
    assert_eq!(refused(rig.ledger.begin_claim(by_bob(packet)).await), BeginClaimRefusal::InProgress);
    rig.clock.advance(LEASE);
    let claim = ClaimRef { packet, taker: bob(), fence: begun.fence };
    assert_eq!(overdue(rig).await, Overdue { claiming: vec![claim], ..Overdue::default() });
}

async fn a_row_that_was_changed_meanwhile_never_runs_backwards(rig: &Rig) {
    rig.alice_has(700).await;
    let packet = rig.delivered(100).await;
    let now = jump(rig, A_WHILE);
    let ahead = rig.clock.now();
    let begun = rig.begin(packet).await;
    done(rig.ledger.release_claim(release(&begun)).await);
    rig.clock.set(now);

    let begun = rig.begin(packet).await;
    assert_eq!(rig.look(packet).await.changed_at, ahead);
    let receipt = done(rig.ledger.settle_claim(settle(&begun)).await);
    assert_eq!((receipt.claimed_at, rig.look(packet).await.ended_at), (ahead, Some(ahead)));
}

async fn a_group_and_a_join_that_were_begun_meanwhile_are_undone_at_once(rig: &Rig) {
    let group = rig.active_group().await.id;
    let now = jump(rig, YEAR);
    let preparing = done(rig.groups.prepare_group(new_group(rig)).await).id;
    rig.joining(bob(), group).await;
    assert_eq!(rig.undo_lapsed(9).await, 0, "while the clock is ahead, it is the clock");
    rig.clock.set(now);

    assert_eq!(rig.due().await, [Due::Group(preparing), Due::Membership(group, bob())]);
    assert_eq!(rig.undo_lapsed(9).await, 2);
    assert_eq!(rig.due().await, [Due::Group(preparing), Due::Membership(group, bob())]);
    for due in rig.due().await {
        done(rig.groups.claim_check(due, LEASE).await);
    }
    assert_eq!(rig.due().await, [], "those who are at it now have their lease");
    rig.clock.advance(LEASE);
    assert_eq!(rig.due().await.len(), 2);
}

async fn an_appointment_that_was_made_meanwhile_is_kept_at_once(rig: &Rig) {
    let group = rig.active_group().await.id;
    let now = jump(rig, YEAR);
    let discarded = done(rig.groups.prepare_group(new_group(rig)).await).id;
    done(rig.groups.discard_group(discarded).await);
    let join = rig.joining(bob(), group).await;
    done(rig.groups.discard_join(join).await);
    for due in rig.due().await {
        let held = done(rig.groups.claim_check(due, LEASE).await);
        done(rig.groups.end_check(due, held.fence, Finding::Agrees, PAUSE).await);
    }
    assert_eq!(rig.due().await, []);
    rig.clock.set(now);

    assert_eq!(rig.due().await, [Due::Group(discarded), Due::Membership(group, bob())]);
    assert!(done(rig.groups.prepare_join(by(bob(), group)).await).undo_first, "and nobody is in the way of a new join");
}

async fn an_appointment_that_is_made_afterwards_has_its_pause(rig: &Rig) {
    let now = jump(rig, YEAR);
    let discarded = done(rig.groups.prepare_group(new_group(rig)).await).id;
    done(rig.groups.discard_group(discarded).await);
    rig.clock.set(now);

    let due = Due::Group(discarded);
    let held = done(rig.groups.claim_check(due, LEASE).await);
    done(rig.groups.end_check(due, held.fence, Finding::Agrees, PAUSE).await);
    assert_eq!(rig.due().await, []);
    rig.clock.advance(PAUSE);
    assert_eq!(rig.due().await, [due]);
}
