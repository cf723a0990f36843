//! Groups and joins that were never finished.

use std::time::Duration;

use hongbao_domain::{
    group::{
        ActivateGroupRefusal, Check, Desired, Due, GroupState, JoinRef, MembershipState, PrepareGroup, PrepareJoin,
        PrepareJoinRefusal, Stale,
    },
    id::{GroupId, UserId},
};

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
    nothing_lapses_before_its_lease_is_over,
    a_lapsed_group_is_discarded_and_due_at_once,
    a_lapsed_join_is_undone_and_due_at_once,
    a_join_that_was_resumed_lapses_by_its_new_lease,
    what_is_finished_or_taken_never_lapses,
    the_longest_overdue_lapse_first_and_no_more_than_the_limit,
    activate_or_lapse,
    of_many_who_look_each_row_lapses_once,
];

async fn nothing_lapses_before_its_lease_is_over(store: &TestStore) {
    assert_eq!(store.undo_lapsed(9).await, 0);
    let group = store.active_group().await;
    let preparing = done(store.groups.prepare_group(new_group(store)).await);
    let join = store.joining(bob(), group.id).await;
    store.clock.advance(just_before(LEASE));

    assert_eq!(store.undo_lapsed(9).await, 0);

    assert_eq!(store.look_at_group(preparing.id).await, Some(preparing.clone()));
    done(store.groups.activate_group(preparing.id).await);
    done(store.groups.activate_join(join, PAUSE).await);
}

async fn a_lapsed_group_is_discarded_and_due_at_once(store: &TestStore) {
    let id = done(store.groups.prepare_group(new_group(store)).await).id;
    store.clock.advance(LEASE);
    assert_eq!((store.undo_lapsed(9).await, store.undo_lapsed(9).await), (1, 0));

    let group = store.look_at_group(id).await.expect("its row stays");
    assert_eq!((group.state, group.version), (GroupState::Discarded { check: Some(Check::at(group.changed_at)) }, 2));
    assert_eq!(refused(store.groups.activate_group(id).await), ActivateGroupRefusal::Discarded);
    assert_eq!(store.due().await, [Due::Group(id)]);
    let held = done(store.groups.claim_check(Due::Group(id), LEASE).await);
    assert_eq!(held.desired, Desired::NoGroup { owner: alice() });
}

async fn a_lapsed_join_is_undone_and_due_at_once(store: &TestStore) {
    let group = store.active_group().await.id;
    let join = store.joining(bob(), group).await;
    store.clock.advance(LEASE);
    assert_eq!((store.undo_lapsed(9).await, store.undo_lapsed(9).await), (1, 0));

    let rows = store.rows(group).await;
    let row = rows.iter().find(|row| row.user == bob()).expect("its row stays");
    assert_eq!(row.state, MembershipState::Leaving { check: Check::at(row.changed_at) });
    assert_eq!(row.version, join.fence + 1);
    assert_eq!(refused(store.groups.activate_join(join, PAUSE).await), Stale);
    done(store.groups.discard_join(join).await);
    assert_eq!(store.members(group).await, [alice()]);
    let due = Due::Membership(group, bob());
    assert_eq!(store.due().await, [due]);
    assert_eq!(done(store.groups.claim_check(due, LEASE).await).desired, Desired::NoMember(bob()));
}

async fn a_join_that_was_resumed_lapses_by_its_new_lease(store: &TestStore) {
    let group = store.active_group().await.id;
    let taken = store.undoing(bob(), group).await;
    store.clock.advance(just_before(LEASE));
    let resumed = done(store.groups.resume_join(taken, LEASE).await);
    store.clock.advance(just_before(LEASE));
    assert_eq!(store.undo_lapsed(9).await, 0);

    store.clock.advance(TICK);
    assert_eq!(store.undo_lapsed(9).await, 1);
    assert_eq!(refused(store.groups.activate_join(resumed, PAUSE).await), Stale);
}

async fn what_is_finished_or_taken_never_lapses(store: &TestStore) {
    let group = store.active_group().await.id;
    store.member(bob(), group).await;
    let (undoing, undone) = (store.undoing(carol(), group).await, store.joining(user("Bob"), group).await);
    done(store.groups.discard_join(undone).await);
    let discarded = done(store.groups.prepare_group(new_group(store)).await).id;
    done(store.groups.discard_group(discarded).await);
    let before = (store.rows(group).await, store.look_at_group(group).await, store.look_at_group(discarded).await);
    store.clock.advance(LEASE * 9);

    assert_eq!(store.undo_lapsed(9).await, 0);

    let after = (store.rows(group).await, store.look_at_group(group).await, store.look_at_group(discarded).await);
    assert_eq!(after, before);
    done(store.groups.resume_join(undoing, LEASE).await);
}

/// A group and a join in it that no caller will finish.
async fn left_behind(store: &TestStore, group: GroupId, user: UserId, lease: Duration) -> (GroupId, JoinRef) {
    let prepared = done(store.groups.prepare_group(PrepareGroup { lease, ..new_group(store) }).await);
    let fence = done(store.groups.prepare_join(PrepareJoin { lease, ..by(user, group) }).await).fence;
    (prepared.id, JoinRef { group, user, fence })
}

async fn the_longest_overdue_lapse_first_and_no_more_than_the_limit(store: &TestStore) {
    let active = store.active_group().await.id;
    let mut left = Vec::new();
    for number in 1..=5_u32 {
        // Later ones have the shorter lease, so that the order of making is the wrong one.
        let lapsed = left_behind(store, active, user(&format!("user-{number}")), LEASE / number).await;
        left.insert(0, lapsed);
    }
    store.clock.advance(LEASE);

    assert_eq!((store.undo_lapsed(0).await, store.undo_lapsed(2).await), (0, 4), "so many of each kind");

    for (place, (group, join)) in left.into_iter().enumerate() {
        let is_undone = place < 2;
        let group = store.look_at_group(group).await.expect("its row stays");
        assert_eq!(matches!(group.state, GroupState::Discarded { .. }), is_undone, "{place}");
        let rows = store.rows(active).await;
        let row = rows.iter().find(|row| row.user == join.user).expect("its row stays");
        assert_eq!(matches!(row.state, MembershipState::Leaving { .. }), is_undone, "{place}");
    }
    assert_eq!((store.undo_lapsed(9).await, store.undo_lapsed(9).await), (6, 0));
}

async fn activate_or_lapse(store: &TestStore) {
    let active = store.active_group().await.id;
    for round in 0..ROUNDS {
        let bob = user(&format!("bob-{round}"));
        let (group, join) = left_behind(store, active, bob, LEASE).await;
        store.clock.advance(LEASE);
        let [ours, theirs] = store.instances().await;
        let ((created, joined), undone) = both(
            async move { (ours.groups.activate_group(group).await, ours.groups.activate_join(join, PAUSE).await) },
            async move { theirs.undo_lapsed(9).await },
        )
        .await;

        assert_eq!(u64::from(created.is_err()) + u64::from(joined.is_err()), undone, "{created:?}, {joined:?}");
        let state = store.look_at_group(group).await.expect("its row stays").state;
        assert_eq!(created.is_ok(), state == GroupState::Active);
        assert_eq!(joined.is_ok(), store.members(active).await.contains(&bob));
        if joined.is_err() {
            let again = store.groups.prepare_join(by(bob, active)).await;
            assert!(done(again).undo_first);
        } else {
            assert_eq!(refused(store.groups.prepare_join(by(bob, active)).await), PrepareJoinRefusal::AlreadyMember);
        }
    }
}

async fn of_many_who_look_each_row_lapses_once(store: &TestStore) {
    let active = store.active_group().await.id;
    for number in 0..8 {
        left_behind(store, active, user(&format!("user-{number}")), LEASE).await;
    }
    store.clock.advance(LEASE);
    let looks = store
        .instances()
        .await
        .into_iter()
        .cycle()
        .take(16)
        .map(|instance| async move { instance.undo_lapsed(3).await });
    let mut undone: u64 = at_once(looks.collect::<Vec<_>>()).await.into_iter().sum();
    assert!(undone >= 3, "the first undoes all that it was given");
    // Those at one moment may have been given the same rows.
    while let more @ 1.. = store.undo_lapsed(9).await {
        undone += more;
    }
    assert_eq!(undone, 16, "each once");
    assert!(store.rows(active).await.iter().all(|row| row.user == alice() || row.version == 2));
}
