//! Memberships.

use hongbao_domain::group::{
    Check, Desired, DiscardJoinRefusal, Due, Finding, JoinRef, Joined, MembershipState, NotDue, PrepareJoin,
    PrepareJoinRefusal, Stale,
};
use hongbao_ports::{Ids, query::Page};

use crate::{
    TestStore,
    case::cases,
    crowd::{at_once, both},
    group_steps::{PAUSE, by, new_group},
    scene::{LEASE, TICK, alice, bob, carol, done, just_before, refused, user},
};

/// How often each race is run.
const ROUNDS: usize = 20;

cases![
    a_join_makes_a_member_who_counts,
    the_groups_of_a_user_come_page_by_page,
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

async fn a_join_makes_a_member_who_counts(store: &TestStore) {
    let group = store.active_group().await;
    for (user, member_count) in [(bob(), 2), (carol(), 3)] {
        let prepared = done(store.groups.prepare_join(by(user, group.id)).await);
        assert!(!prepared.undo_first);
        let join = JoinRef { group: group.id, user, fence: prepared.fence };
        let joined = done(store.groups.activate_join(join, PAUSE).await);
        assert_eq!(joined, Joined { group: group.id, name: group.name.clone(), member_count });
    }
    assert_eq!(store.members(group.id).await, [alice(), bob(), carol()]);
    store.clock.advance(LEASE * 9);
    assert_eq!(store.due().await, []);
}

async fn the_groups_of_a_user_come_page_by_page(store: &TestStore) {
    let mut groups = Vec::new();
    for _ in 0..3 {
        let group = store.active_group().await;
        store.member(bob(), group.id).await;
        groups.push(group.id);
    }
    store.joining(carol(), groups[0]).await;
    groups.sort();
    let listed = async |user, after, limit| {
        let found = store.queries.groups_of(user, Page { after, limit }).await.expect("groups can be listed");
        found.into_iter().map(|group| group.id).collect::<Vec<_>>()
    };
    for user in [alice(), bob()] {
        assert_eq!(listed(user, None, 9).await, groups);
        assert_eq!(listed(user, None, 2).await, groups[..2]);
        assert_eq!(listed(user, Some(groups[1]), 2).await, groups[2..]);
    }
    assert_eq!(listed(carol(), None, 9).await, [], "a join that has not ended makes no member");
}

async fn nobody_joins_what_is_not_active(store: &TestStore) {
    let nowhere = store.ids.group();
    assert_eq!(refused(store.groups.prepare_join(by(bob(), nowhere)).await), PrepareJoinRefusal::NotFound);
    let group = done(store.groups.prepare_group(new_group(store)).await).id;
    assert_eq!(refused(store.groups.prepare_join(by(bob(), group)).await), PrepareJoinRefusal::NotFound);
    done(store.groups.discard_group(group).await);
    assert_eq!(refused(store.groups.prepare_join(by(bob(), group)).await), PrepareJoinRefusal::NotFound);
    let join = JoinRef { group, user: bob(), fence: 1 };
    assert_eq!(refused(store.groups.activate_join(join, PAUSE).await), Stale);
    assert_eq!(refused(store.groups.resume_join(join, LEASE).await), Stale);
    done(store.groups.discard_join(join).await);
    assert_eq!(store.rows(group).await, []);
}

async fn the_creator_and_every_member_are_members_already(store: &TestStore) {
    let group = store.active_group().await.id;
    store.member(bob(), group).await;
    for user in [alice(), bob()] {
        assert_eq!(refused(store.groups.prepare_join(by(user, group)).await), PrepareJoinRefusal::AlreadyMember);
    }
}

async fn a_second_join_finds_the_first_in_progress(store: &TestStore) {
    let group = store.active_group().await.id;
    store.joining(bob(), group).await;
    store.clock.advance(just_before(LEASE));
    assert_eq!(refused(store.groups.prepare_join(by(bob(), group)).await), PrepareJoinRefusal::InProgress);
    assert_eq!(store.due().await, []);
}

async fn activating_again_gives_the_same(store: &TestStore) {
    let group = store.active_group().await.id;
    let join = store.joining(bob(), group).await;
    let joined = done(store.groups.activate_join(join, PAUSE).await);
    assert_eq!(done(store.groups.activate_join(join, PAUSE).await), joined);
    assert_eq!(store.members(group).await, [alice(), bob()]);
}

async fn an_undone_join_is_due_at_once_and_makes_nobody_a_member(store: &TestStore) {
    let group = store.active_group().await.id;
    let join = store.joining(bob(), group).await;
    done(store.groups.discard_join(join).await);
    done(store.groups.discard_join(join).await);
    assert_eq!(store.due().await, [Due::Membership(group, bob())]);
    assert_eq!(refused(store.groups.activate_join(join, PAUSE).await), Stale);
    assert_eq!(store.members(group).await, [alice()]);
}

async fn a_join_that_has_made_a_member_is_not_undone(store: &TestStore) {
    let group = store.active_group().await.id;
    let join = store.joining(bob(), group).await;
    done(store.groups.activate_join(join, PAUSE).await);
    assert_eq!(refused(store.groups.discard_join(join).await), DiscardJoinRefusal::Joined);
    assert_eq!(store.members(group).await, [alice(), bob()]);
}

async fn a_new_join_takes_the_row_for_the_undo_and_goes_on(store: &TestStore) {
    let group = store.active_group().await.id;
    let undo = store.undoing(bob(), group).await;
    assert_eq!(refused(store.groups.prepare_join(by(bob(), group)).await), PrepareJoinRefusal::BeingUndone);
    assert_eq!(store.due().await, []);

    let join = done(store.groups.resume_join(undo, LEASE).await);
    assert_eq!(done(store.groups.resume_join(undo, LEASE).await), join);
    done(store.groups.activate_join(join, PAUSE).await);
    assert_eq!(store.members(group).await, [alice(), bob()]);
    store.clock.advance(PAUSE);
    let due = Due::Membership(group, bob());
    assert_eq!(store.due().await, [due]);
    assert_eq!(done(store.groups.claim_check(due, LEASE).await).desired, Desired::Member(bob()));
    assert_eq!(refused(store.groups.prepare_join(by(bob(), group)).await), PrepareJoinRefusal::AlreadyMember);
    assert_eq!(done(store.groups.activate_join(join, PAUSE).await).member_count, 2);
}

async fn an_undo_can_be_given_up(store: &TestStore) {
    let group = store.active_group().await.id;
    let undo = store.undoing(bob(), group).await;
    let due = Due::Membership(group, bob());
    done(store.groups.end_check(due, undo.fence, Finding::Called, PAUSE).await);
    assert_eq!(refused(store.groups.resume_join(undo, LEASE).await), Stale);
    assert!(done(store.groups.prepare_join(by(bob(), group)).await).undo_first);
}

async fn a_check_keeps_a_new_join_waiting(store: &TestStore) {
    let group = store.active_group().await.id;
    let join = store.joining(bob(), group).await;
    done(store.groups.discard_join(join).await);
    let due = Due::Membership(group, bob());
    let held = done(store.groups.claim_check(due, LEASE).await);
    assert_eq!(held.desired, Desired::NoMember(bob()));
    assert_eq!(refused(store.groups.claim_check(due, LEASE).await), NotDue);
    store.clock.advance(just_before(LEASE));
    assert_eq!(refused(store.groups.prepare_join(by(bob(), group)).await), PrepareJoinRefusal::BeingUndone);

    store.clock.advance(TICK);
    assert!(done(store.groups.prepare_join(by(bob(), group)).await).undo_first);
    assert_eq!(refused(store.groups.end_check(due, held.fence, Finding::Agrees, PAUSE).await), Stale);
}

async fn a_join_that_was_never_finished_is_due_when_its_lease_is_over(store: &TestStore) {
    let group = store.active_group().await.id;
    let join = store.joining(bob(), group).await;
    store.clock.advance(LEASE);
    let due = Due::Membership(group, bob());
    assert_eq!(store.due().await, [due]);
    let held = done(store.groups.claim_check(due, LEASE).await);
    assert_eq!(held.desired, Desired::NoMember(bob()));
    assert_eq!(refused(store.groups.activate_join(join, PAUSE).await), Stale);
    assert_eq!(store.members(group).await, [alice()]);
}

async fn whoever_comes_late_changes_nothing(store: &TestStore) {
    let group = store.active_group().await.id;
    let late = store.joining(bob(), group).await;
    store.clock.advance(LEASE);
    let prepared = done(store.groups.prepare_join(by(bob(), group)).await);
    assert!(prepared.undo_first);
    let join = done(store.groups.resume_join(JoinRef { fence: prepared.fence, ..late }, LEASE).await);

    assert_eq!(refused(store.groups.activate_join(late, PAUSE).await), Stale);
    done(store.groups.discard_join(late).await);
    done(store.groups.activate_join(join, PAUSE).await);
    done(store.groups.discard_join(late).await);
    assert_eq!(refused(store.groups.activate_join(late, PAUSE).await), Stale);
    assert_eq!(store.members(group).await, [alice(), bob()]);
}

async fn whoever_is_gone_joins_again(store: &TestStore) {
    let group = store.active_group().await.id;
    let first = store.joining(bob(), group).await;
    done(store.groups.discard_join(first).await);
    let due = Due::Membership(group, bob());
    for _ in 0..Check::ROUNDS {
        let held = done(store.groups.claim_check(due, LEASE).await);
        done(store.groups.end_check(due, held.fence, Finding::Agrees, PAUSE).await);
        store.clock.advance(PAUSE);
    }
    assert_eq!(store.rows(group).await[1].state, MembershipState::Gone);
    assert_eq!(store.due().await, []);

    let second = store.joining(bob(), group).await;
    assert!(second.fence > first.fence);
    done(store.groups.activate_join(second, PAUSE).await);
    store.clock.advance(PAUSE);
    assert_eq!(store.due().await, []);
}

async fn one_of_many_joins_takes_the_row(store: &TestStore) {
    for _ in 0..ROUNDS {
        let group = store.active_group().await.id;
        let joins = (0..8).map(|_| {
            let groups = store.groups.clone();
            async move { groups.prepare_join(by(bob(), group)).await }
        });
        let taken = at_once(joins).await.into_iter().flatten().count();
        assert_eq!(taken, 1);
    }
}

async fn a_check_or_a_new_join(store: &TestStore) {
    for _ in 0..ROUNDS {
        let group = store.active_group().await.id;
        let join = store.joining(bob(), group).await;
        done(store.groups.discard_join(join).await);
        let (ours, theirs) = (store.groups.clone(), store.groups.clone());
        let (held, prepared) =
            both(async move { ours.claim_check(Due::Membership(group, bob()), LEASE).await }, async move {
                theirs.prepare_join(by(bob(), group)).await
            })
            .await;
        assert_ne!(held.is_ok(), prepared.is_ok(), "{held:?}, {prepared:?}");
    }
}

async fn activate_or_check_of_a_lapsed_join(store: &TestStore) {
    for _ in 0..ROUNDS {
        let group = store.active_group().await.id;
        let join = store.joining(bob(), group).await;
        store.clock.advance(LEASE);
        let (ours, theirs) = (store.groups.clone(), store.groups.clone());
        let (joined, held) = both(async move { ours.activate_join(join, PAUSE).await }, async move {
            theirs.claim_check(Due::Membership(group, bob()), LEASE).await
        })
        .await;
        assert_ne!(joined.is_ok(), held.is_ok(), "{joined:?}, {held:?}");
        assert_eq!(store.members(group).await.contains(&bob()), joined.is_ok());
    }
}

async fn the_longest_overdue_come_first_and_no_more_than_the_limit(store: &TestStore) {
    let mut all = Vec::new();
    let group = store.active_group().await.id;
    for wait in 1..=5_u32 {
        // Later ones have the shorter lease, so that the order of making is the wrong one.
        let user = user(&format!("user-{wait}"));
        done(store.groups.prepare_join(PrepareJoin { lease: LEASE / wait, ..by(user, group) }).await);
        all.insert(0, Due::Membership(group, user));
    }
    store.clock.advance(LEASE);
    assert_eq!(store.queries.due(3).await.expect("what is due can be read"), all[..3]);
    assert_eq!(store.due().await, all);
}

/// Lets checks of a membership that is to be undone fail so often, one after the other.
async fn fail(store: &TestStore, due: Due, times: u32) {
    for _ in 0..times {
        while !store.due().await.contains(&due) {
            store.clock.advance(PAUSE);
        }
        let held = done(store.groups.claim_check(due, LEASE).await);
        done(store.groups.end_check(due, held.fence, Finding::Called, PAUSE).await);
    }
}

async fn a_new_join_begins_the_count_of_failed_checks_anew(store: &TestStore) {
    let group = store.active_group().await.id;
    let first = store.joining(bob(), group).await;
    done(store.groups.discard_join(first).await);
    let due = Due::Membership(group, bob());
    fail(store, due, Check::STUCK_AFTER).await;
    let [stuck] = store.stuck().await[..] else { panic!("one is stuck") };
    let expected = (due, Desired::NoMember(bob()), Check::STUCK_AFTER);
    assert_eq!((stuck.due, stuck.desired, stuck.failed), expected);

    // The join does not wait for the next check, and the undo that it begins with is looked after soon again.
    let undo = done(store.groups.prepare_join(by(bob(), group)).await);
    assert!(undo.undo_first);
    assert_eq!(store.stuck().await, []);
    done(store.groups.end_check(due, undo.fence, Finding::Called, PAUSE).await);
    store.clock.advance(PAUSE);
    assert_eq!(store.due().await, [due]);
    assert_eq!(done(store.groups.claim_check(due, LEASE).await).failed, 1);

    store.clock.advance(LEASE);
    let undo = done(store.groups.prepare_join(by(bob(), group)).await);
    let join = JoinRef { fence: undo.fence, ..first };
    let join = done(store.groups.resume_join(join, LEASE).await);
    done(store.groups.activate_join(join, PAUSE).await);
    store.clock.advance(PAUSE);
    assert_eq!(done(store.groups.claim_check(due, LEASE).await).failed, 0);
}

async fn those_with_the_most_failed_checks_are_listed_first(store: &TestStore) {
    let group = store.active_group().await.id;
    let users = [user("first"), user("second"), user("third")];
    for (more, user) in (0..).zip(users) {
        let join = store.joining(user, group).await;
        done(store.groups.discard_join(join).await);
        fail(store, Due::Membership(group, user), Check::STUCK_AFTER + more).await;
    }
    let listed = store.queries.stuck(2).await.expect("what is stuck can be read");
    let expected = [users[2], users[1]].map(|user| Due::Membership(group, user));
    assert_eq!(listed.iter().map(|stuck| stuck.due).collect::<Vec<_>>(), expected);
}
