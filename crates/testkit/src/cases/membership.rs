//! Memberships.

use hongbao_domain::group::{
    Check, Desired, DiscardJoinRefusal, Due, Finding, JoinRef, Joined, MembershipState, NotDue, PrepareJoin,
    PrepareJoinRefusal, Stale,
};
use hongbao_ports::Ids;

use crate::{
    Rig,
    case::cases,
    crowd::{at_once, both},
    gathering::{PAUSE, by, new_group},
    scene::{LEASE, TICK, alice, bob, carol, done, just_before, refused, user},
};

/// How often each race is run.
const ROUNDS: usize = 20;

cases![
    a_join_makes_a_member_who_counts,
    nobody_joins_what_is_not_active,
    the_creator_and_every_member_are_members_already,
    a_second_join_finds_the_first_in_progress,
    activating_again_gives_the_same,
    an_undone_join_is_due_at_once_and_makes_nobody_a_member,
    a_join_that_has_made_a_member_is_not_undone,
    a_new_join_takes_the_row_for_the_undo_and_goes_on,
    an_undo_can_be_given_up,
    a_check_keeps_a_new_join_waiting,
    a_join_that_was_never_finished_is_due_when_its_lease_is_over,
    whoever_comes_late_changes_nothing,
    whoever_is_gone_joins_again,
    one_of_many_joins_takes_the_row,
    a_check_or_a_new_join,
    activate_or_check_of_a_lapsed_join,
    the_longest_overdue_come_first_and_no_more_than_the_limit,
    a_new_join_begins_the_count_of_failed_checks_anew,
    those_with_the_most_failed_checks_are_listed_first,
];

async fn a_join_makes_a_member_who_counts(rig: &Rig) {
    let group = rig.active_group().await;
    for (user, member_count) in [(bob(), 2), (carol(), 3)] {
        let prepared = done(rig.groups.prepare_join(by(user, group.id)).await);
        assert!(!prepared.undo_first);
        let join = JoinRef { group: group.id, user, fence: prepared.fence };
        let joined = done(rig.groups.activate_join(join, PAUSE).await);
        assert_eq!(joined, Joined { group: group.id, name: group.name.clone(), member_count });
    }
    assert_eq!(rig.members(group.id).await, [alice(), bob(), carol()]);
    rig.clock.advance(LEASE * 9);
    assert_eq!(rig.due().await, []);
}

async fn nobody_joins_what_is_not_active(rig: &Rig) {
    let nowhere = rig.ids.group();
    assert_eq!(refused(rig.groups.prepare_join(by(bob(), nowhere)).await), PrepareJoinRefusal::NotFound);
    let group = done(rig.groups.prepare_group(new_group(rig)).await).id;
    assert_eq!(refused(rig.groups.prepare_join(by(bob(), group)).await), PrepareJoinRefusal::NotFound);
    done(rig.groups.discard_group(group).await);
    assert_eq!(refused(rig.groups.prepare_join(by(bob(), group)).await), PrepareJoinRefusal::NotFound);
    let join = JoinRef { group, user: bob(), fence: 1 };
    assert_eq!(refused(rig.groups.activate_join(join, PAUSE).await), Stale);
    assert_eq!(refused(rig.groups.resume_join(join, LEASE).await), Stale);
    done(rig.groups.discard_join(join).await);
    assert_eq!(rig.rows(group).await, []);
}

async fn the_creator_and_every_member_are_members_already(rig: &Rig) {
    let group = rig.active_group().await.id;
    rig.member(bob(), group).await;
    for user in [alice(), bob()] {
        assert_eq!(refused(rig.groups.prepare_join(by(user, group)).await), PrepareJoinRefusal::AlreadyMember);
    }
}

async fn a_second_join_finds_the_first_in_progress(rig: &Rig) {
    let group = rig.active_group().await.id;
    rig.joining(bob(), group).await;
    rig.clock.advance(just_before(LEASE));
    assert_eq!(refused(rig.groups.prepare_join(by(bob(), group)).await), PrepareJoinRefusal::InProgress);
    assert_eq!(rig.due().await, []);
}

async fn activating_again_gives_the_same(rig: &Rig) {
    let group = rig.active_group().await.id;
    let join = rig.joining(bob(), group).await;
    let joined = done(rig.groups.activate_join(join, PAUSE).await);
    assert_eq!(done(rig.groups.activate_join(join, PAUSE).await), joined);
    assert_eq!(rig.members(group).await, [alice(), bob()]);
}

async fn an_undone_join_is_due_at_once_and_makes_nobody_a_member(rig: &Rig) {
    let group = rig.active_group().await.id;
    let join = rig.joining(bob(), group).await;
    done(rig.groups.discard_join(join).await);
    done(rig.groups.discard_join(join).await);
    assert_eq!(rig.due().await, [Due::Membership(group, bob())]);
    assert_eq!(refused(rig.groups.activate_join(join, PAUSE).await), Stale);
    assert_eq!(rig.members(group).await, [alice()]);
}

async fn a_join_that_has_made_a_member_is_not_undone(rig: &Rig) {
    let group = rig.active_group().await.id;
    let join = rig.joining(bob(), group).await;
    done(rig.groups.activate_join(join, PAUSE).await);
    assert_eq!(refused(rig.groups.discard_join(join).await), DiscardJoinRefusal::Joined);
    assert_eq!(rig.members(group).await, [alice(), bob()]);
}

async fn a_new_join_takes_the_row_for_the_undo_and_goes_on(rig: &Rig) {
    let group = rig.active_group().await.id;
    let undo = rig.undoing(bob(), group).await;
    assert_eq!(refused(rig.groups.prepare_join(by(bob(), group)).await), PrepareJoinRefusal::BeingUndone);
    assert_eq!(rig.due().await, []);

    let join = done(rig.groups.resume_join(undo, LEASE).await);
    assert_eq!(done(rig.groups.resume_join(undo, LEASE).await), join);
    done(rig.groups.activate_join(join, PAUSE).await);
    assert_eq!(rig.members(group).await, [alice(), bob()]);
    rig.clock.advance(PAUSE);
    let due = Due::Membership(group, bob());
    assert_eq!(rig.due().await, [due]);
    assert_eq!(done(rig.groups.claim_check(due, LEASE).await).desired, Desired::Member(bob()));
    assert_eq!(refused(rig.groups.prepare_join(by(bob(), group)).await), PrepareJoinRefusal::AlreadyMember);
    assert_eq!(done(rig.groups.activate_join(join, PAUSE).await).member_count, 2);
}

async fn an_undo_can_be_given_up(rig: &Rig) {
    let group = rig.active_group().await.id;
    let undo = rig.undoing(bob(), group).await;
    let due = Due::Membership(group, bob());
    done(rig.groups.end_check(due, undo.fence, Finding::Called, PAUSE).await);
    assert_eq!(refused(rig.groups.resume_join(undo, LEASE).await), Stale);
    assert!(done(rig.groups.prepare_join(by(bob(), group)).await).undo_first);
}

async fn a_check_keeps_a_new_join_waiting(rig: &Rig) {
    let group = rig.active_group().await.id;
    let join = rig.joining(bob(), group).await;
    done(rig.groups.discard_join(join).await);
    let due = Due::Membership(group, bob());
    let held = done(rig.groups.claim_check(due, LEASE).await);
    assert_eq!(held.desired, Desired::NoMember(bob()));
    assert_eq!(refused(rig.groups.claim_check(due, LEASE).await), NotDue);
    rig.clock.advance(just_before(LEASE));
    assert_eq!(refused(rig.groups.prepare_join(by(bob(), group)).await), PrepareJoinRefusal::BeingUndone);

    rig.clock.advance(TICK);
    assert!(done(rig.groups.prepare_join(by(bob(), group)).await).undo_first);
    assert_eq!(refused(rig.groups.end_check(due, held.fence, Finding::Agrees, PAUSE).await), Stale);
}

async fn a_join_that_was_never_finished_is_due_when_its_lease_is_over(rig: &Rig) {
    let group = rig.active_group().await.id;
    let join = rig.joining(bob(), group).await;
    rig.clock.advance(LEASE);
    let due = Due::Membership(group, bob());
    assert_eq!(rig.due().await, [due]);
    let held = done(rig.groups.claim_check(due, LEASE).await);
    assert_eq!(held.desired, Desired::NoMember(bob()));
    assert_eq!(refused(rig.groups.activate_join(join, PAUSE).await), Stale);
    assert_eq!(rig.members(group).await, [alice()]);
}

async fn whoever_comes_late_changes_nothing(rig: &Rig) {
    let group = rig.active_group().await.id;
    let late = rig.joining(bob(), group).await;
    rig.clock.advance(LEASE);
    let prepared = done(rig.groups.prepare_join(by(bob(), group)).await);
    assert!(prepared.undo_first);
    let join = done(rig.groups.resume_join(JoinRef { fence: prepared.fence, ..late }, LEASE).await);

    assert_eq!(refused(rig.groups.activate_join(late, PAUSE).await), Stale);
    done(rig.groups.discard_join(late).await);
    done(rig.groups.activate_join(join, PAUSE).await);
    done(rig.groups.discard_join(late).await);
    assert_eq!(refused(rig.groups.activate_join(late, PAUSE).await), Stale);
    assert_eq!(rig.members(group).await, [alice(), bob()]);
}

async fn whoever_is_gone_joins_again(rig: &Rig) {
    let group = rig.active_group().await.id;
    let first = rig.joining(bob(), group).await;
    done(rig.groups.discard_join(first).await);
    let due = Due::Membership(group, bob());
    for _ in 0..Check::ROUNDS {
        let held = done(rig.groups.claim_check(due, LEASE).await);
        done(rig.groups.end_check(due, held.fence, Finding::Agrees, PAUSE).await);
        rig.clock.advance(PAUSE);
    }
    assert_eq!(rig.rows(group).await[1].state, MembershipState::Gone);
    assert_eq!(rig.due().await, []);

    let second = rig.joining(bob(), group).await;
    assert!(second.fence > first.fence);
    done(rig.groups.activate_join(second, PAUSE).await);
    rig.clock.advance(PAUSE);
    assert_eq!(rig.due().await, []);
}

async fn one_of_many_joins_takes_the_row(rig: &Rig) {
    for _ in 0..ROUNDS {
        let group = rig.active_group().await.id;
        let joins = (0..8).map(|_| {
            let groups = rig.groups.clone();
            async move { groups.prepare_join(by(bob(), group)).await }
        });
        let taken = at_once(joins).await.into_iter().flatten().count();
        assert_eq!(taken, 1);
    }
}

async fn a_check_or_a_new_join(rig: &Rig) {
    for _ in 0..ROUNDS {
        let group = rig.active_group().await.id;
        let join = rig.joining(bob(), group).await;
        done(rig.groups.discard_join(join).await);
        let (ours, theirs) = (rig.groups.clone(), rig.groups.clone());
        let (held, prepared) =
            both(async move { ours.claim_check(Due::Membership(group, bob()), LEASE).await }, async move {
                theirs.prepare_join(by(bob(), group)).await
            })
            .await;
        assert_ne!(held.is_ok(), prepared.is_ok(), "{held:?}, {prepared:?}");
    }
}

async fn activate_or_check_of_a_lapsed_join(rig: &Rig) {
    for _ in 0..ROUNDS {
        let group = rig.active_group().await.id;
        let join = rig.joining(bob(), group).await;
        rig.clock.advance(LEASE);
        let (ours, theirs) = (rig.groups.clone(), rig.groups.clone());
        let (joined, held) = both(async move { ours.activate_join(join, PAUSE).await }, async move {
            theirs.claim_check(Due::Membership(group, bob()), LEASE).await
        })
        .await;
        assert_ne!(joined.is_ok(), held.is_ok(), "{joined:?}, {held:?}");
        assert_eq!(rig.members(group).await.contains(&bob()), joined.is_ok());
    }
}

async fn the_longest_overdue_come_first_and_no_more_than_the_limit(rig: &Rig) {
    let mut all = Vec::new();
    let group = rig.active_group().await.id;
    for wait in 1..=5_u32 {
        // Later ones have the shorter lease, so that the order of making is the wrong one.
        let user = user(&format!("user-{wait}"));
        done(rig.groups.prepare_join(PrepareJoin { lease: LEASE / wait, ..by(user, group) }).await);
        all.insert(0, Due::Membership(group, user));
    }
    rig.clock.advance(LEASE);
    assert_eq!(rig.queries.due(3).await.expect("what is due can be read"), all[..3]);
    assert_eq!(rig.due().await, all);
}

/// Lets checks of a membership that is to be undone fail so often, one after the other.
async fn fail(rig: &Rig, due: Due, times: u32) {
    for _ in 0..times {
        while !rig.due().await.contains(&due) {
            rig.clock.advance(PAUSE);
        }
        let held = done(rig.groups.claim_check(due, LEASE).await);
        done(rig.groups.end_check(due, held.fence, Finding::Called, PAUSE).await);
    }
}

async fn a_new_join_begins_the_count_of_failed_checks_anew(rig: &Rig) {
    let group = rig.active_group().await.id;
    let first = rig.joining(bob(), group).await;
    done(rig.groups.discard_join(first).await);
    let due = Due::Membership(group, bob());
    fail(rig, due, Check::STUCK_AFTER).await;
    let [stuck] = rig.stuck().await[..] else { panic!("one is stuck") };
    let expected = (due, Desired::NoMember(bob()), Check::STUCK_AFTER);
    assert_eq!((stuck.due, stuck.desired, stuck.failed), expected);

    // The join does not wait for the next check, and the undo that it begins with is looked after soon again.
    let undo = done(rig.groups.prepare_join(by(bob(), group)).await);
    assert!(undo.undo_first);
    assert_eq!(rig.stuck().await, []);
    done(rig.groups.end_check(due, undo.fence, Finding::Called, PAUSE).await);
    rig.clock.advance(PAUSE);
    assert_eq!(rig.due().await, [due]);
    assert_eq!(done(rig.groups.claim_check(due, LEASE).await).failed, 1);

    rig.clock.advance(LEASE);
    let undo = done(rig.groups.prepare_join(by(bob(), group)).await);
    let join = JoinRef { fence: undo.fence, ..first };
    let join = done(rig.groups.resume_join(join, LEASE).await);
    done(rig.groups.activate_join(join, PAUSE).await);
    rig.clock.advance(PAUSE);
    assert_eq!(done(rig.groups.claim_check(due, LEASE).await).failed, 0);
}

async fn those_with_the_most_failed_checks_are_listed_first(rig: &Rig) {
    let group = rig.active_group().await.id;
    let users = [user("first"), user("second"), user("third")];
    for (more, user) in (0..).zip(users) {
        let join = rig.joining(user, group).await;
        done(rig.groups.discard_join(join).await);
        fail(rig, Due::Membership(group, user), Check::STUCK_AFTER + more).await;
    }
    let listed = rig.queries.stuck(2).await.expect("what is stuck can be read");
    let expected = [users[2], users[1]].map(|user| Due::Membership(group, user));
    assert_eq!(listed.iter().map(|stuck| stuck.due).collect::<Vec<_>>(), expected);
}
