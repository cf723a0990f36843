//! Groups.

use hongbao_domain::{
    group::{
        ActivateGroupRefusal, Check, Desired, DiscardGroupRefusal, Due, Finding, GroupState, NotDue, PrepareGroup,
        PrepareGroupRefusal, Stale, Stuck,
    },
    id::GroupId,
};
use hongbao_ports::{Clock, Ids};

use crate::{
    TestStore,
    case::cases,
    crowd::at_once,
    group_steps::{PAUSE, new_group},
    scene::{LEASE, TICK, alice, done, just_before, refused},
};

cases![
    a_group_is_prepared_and_becomes_active_with_its_creator,
    the_whole_name_and_memo_are_kept,
    an_id_is_never_used_twice,
    activating_again_gives_the_same,
    a_discarded_group_stays_discarded,
    an_active_group_stays_active,
    what_was_never_prepared_cannot_go_on,
    a_discarded_group_is_due_until_it_agreed_twice,
    a_group_whose_creator_never_finished_is_due_when_its_lease_is_over,
    one_of_many_takes_a_due_group,
    a_late_end_of_a_check_changes_nothing,
    what_never_agrees_is_due_less_often_and_is_listed,
];

async fn a_group_is_prepared_and_becomes_active_with_its_creator(store: &TestStore) {
    let prepared = done(store.groups.prepare_group(new_group(store)).await);
    assert_eq!(prepared.state, GroupState::Preparing { lease_until: prepared.created_at.after(LEASE) });
    assert_eq!(store.members(prepared.id).await, []);

    let active = done(store.groups.activate_group(prepared.id).await);
    assert_eq!((active.state, active.owner), (GroupState::Active, alice()));
    assert_eq!(store.look_at_group(active.id).await, Some(active.clone()));
    assert_eq!(store.members(active.id).await, [alice()]);
    assert_eq!(store.due().await, []);
}

async fn the_whole_name_and_memo_are_kept(store: &TestStore) {
    let (name, memo) = ("群".repeat(255), "备".repeat(255));
    let (name, memo) = (name.parse().expect("a name"), memo.parse().expect("a memo"));
    let prepare = PrepareGroup { name, memo, ..new_group(store) };
    let group = done(store.groups.prepare_group(prepare.clone()).await);
    let kept = store.look_at_group(group.id).await.expect("it is there");
    assert_eq!((kept.name, kept.memo), (prepare.name, prepare.memo));
}

async fn an_id_is_never_used_twice(store: &TestStore) {
    let prepare = new_group(store);
    done(store.groups.prepare_group(prepare.clone()).await);
    assert_eq!(refused(store.groups.prepare_group(prepare.clone()).await), PrepareGroupRefusal::IdTaken);
    done(store.groups.discard_group(prepare.id).await);
    assert_eq!(refused(store.groups.prepare_group(prepare).await), PrepareGroupRefusal::IdTaken);
}

async fn activating_again_gives_the_same(store: &TestStore) {
    let active = store.active_group().await;
    store.clock.advance(TICK);
    assert_eq!(done(store.groups.activate_group(active.id).await), active);
    assert_eq!(store.members(active.id).await, [alice()]);
}

async fn a_discarded_group_stays_discarded(store: &TestStore) {
    let id = done(store.groups.prepare_group(new_group(store)).await).id;
    done(store.groups.discard_group(id).await);
    let discarded = store.look_at_group(id).await;
    done(store.groups.discard_group(id).await);
    assert_eq!(refused(store.groups.activate_group(id).await), ActivateGroupRefusal::Discarded);
    assert_eq!(store.look_at_group(id).await, discarded);
    assert_eq!(store.members(id).await, []);
}

async fn an_active_group_stays_active(store: &TestStore) {
    let active = store.active_group().await;
    assert_eq!(refused(store.groups.discard_group(active.id).await), DiscardGroupRefusal::Active);
    store.clock.advance(LEASE * 9);
    assert_eq!(store.due().await, []);
    assert_eq!(refused(store.groups.claim_check(Due::Group(active.id), LEASE).await), NotDue);
    assert_eq!(store.look_at_group(active.id).await, Some(active));
}

async fn what_was_never_prepared_cannot_go_on(store: &TestStore) {
    let id: GroupId = store.ids.group();
    assert_eq!(refused(store.groups.activate_group(id).await), ActivateGroupRefusal::NotFound);
    assert_eq!(refused(store.groups.discard_group(id).await), DiscardGroupRefusal::NotFound);
    assert_eq!(refused(store.groups.claim_check(Due::Group(id), LEASE).await), NotDue);
    assert_eq!(refused(store.groups.end_check(Due::Group(id), 1, Finding::Agrees, PAUSE).await), Stale);
    assert_eq!(store.look_at_group(id).await, None);
}

async fn a_discarded_group_is_due_until_it_agreed_twice(store: &TestStore) {
    let id = done(store.groups.prepare_group(new_group(store)).await).id;
    done(store.groups.discard_group(id).await);
    let due = Due::Group(id);
    for finding in
        [Finding::Agrees, Finding::Called, Finding::Agrees, Finding::Unseen, Finding::Untried, Finding::Agrees]
    {
        assert_eq!(store.due().await, [due]);
        let held = done(store.groups.claim_check(due, LEASE).await);
        assert_eq!((held.desired, held.group()), (Desired::NoGroup { owner: alice() }, id));
        assert_eq!(store.due().await, []);
        done(store.groups.end_check(due, held.fence, finding, PAUSE).await);
        store.clock.advance(just_before(PAUSE));
        assert_eq!(store.due().await, []);
        store.clock.advance(TICK);
    }
    assert_eq!(store.due().await, []);
    let group = store.look_at_group(id).await.expect("its row stays");
    assert_eq!(group.state, GroupState::Discarded { check: None });
}

async fn a_group_whose_creator_never_finished_is_due_when_its_lease_is_over(store: &TestStore) {
    let id = done(store.groups.prepare_group(new_group(store)).await).id;
    store.clock.advance(just_before(LEASE));
    assert_eq!(store.due().await, []);
    assert_eq!(refused(store.groups.claim_check(Due::Group(id), LEASE).await), NotDue);

    store.clock.advance(TICK);
    assert_eq!(store.due().await, [Due::Group(id)]);
    let held = done(store.groups.claim_check(Due::Group(id), LEASE).await);
    assert_eq!(held.desired, Desired::NoGroup { owner: alice() });
    assert_eq!(refused(store.groups.activate_group(id).await), ActivateGroupRefusal::Discarded);
}

async fn one_of_many_takes_a_due_group(store: &TestStore) {
    let id = done(store.groups.prepare_group(new_group(store)).await).id;
    done(store.groups.discard_group(id).await);
    let takers = (0..16).map(|_| {
        let groups = store.groups.clone();
        async move { groups.claim_check(Due::Group(id), LEASE).await }
    });
    let taken = at_once(takers).await.into_iter().flatten().count();
    assert_eq!(taken, 1);
}

async fn a_late_end_of_a_check_changes_nothing(store: &TestStore) {
    let id = done(store.groups.prepare_group(new_group(store)).await).id;
    done(store.groups.discard_group(id).await);
    let due = Due::Group(id);
    let late = done(store.groups.claim_check(due, LEASE).await);
    store.clock.advance(LEASE);
    let current = done(store.groups.claim_check(due, LEASE).await);

    assert_eq!(refused(store.groups.end_check(due, late.fence, Finding::Agrees, PAUSE).await), Stale);
    done(store.groups.end_check(due, current.fence, Finding::Agrees, PAUSE).await);
    assert_eq!(refused(store.groups.end_check(due, current.fence, Finding::Agrees, PAUSE).await), Stale);
    let group = store.look_at_group(id).await.expect("its row stays");
    let GroupState::Discarded { check: Some(check) } = group.state else { panic!("{group:?}") };
    assert_eq!(check, Check { left: 1, ..Check::at(group.changed_at.after(PAUSE)) });
}

async fn what_never_agrees_is_due_less_often_and_is_listed(store: &TestStore) {
    let id = done(store.groups.prepare_group(new_group(store)).await).id;
    done(store.groups.discard_group(id).await);
    let due = Due::Group(id);
    let mut pause = PAUSE;
    for failed in 0..=Check::STUCK_AFTER {
        let held = done(store.groups.claim_check(due, LEASE).await);
        assert_eq!(held.failed, failed);
        let finding = if failed % 2 == 0 { Finding::Called } else { Finding::Unseen };
        done(store.groups.end_check(due, held.fence, finding, PAUSE).await);
        let failed = failed + 1;
        let next_at = store.clock.now().after(pause);
        let stuck = Stuck { due, desired: Desired::NoGroup { owner: alice() }, failed, next_at };
        let expected = if failed < Check::STUCK_AFTER { vec![] } else { vec![stuck] };
        assert_eq!(store.stuck().await, expected);

        store.clock.advance(just_before(pause));
        assert_eq!(store.due().await, []);
        store.clock.advance(TICK);
        // A few failures are nothing special.
        if failed >= 3 {
            pause *= 2;
        }
    }

    for _ in 0..Check::ROUNDS {
        assert_eq!(store.stuck().await.len(), 1);
        let held = done(store.groups.claim_check(due, LEASE).await);
        done(store.groups.end_check(due, held.fence, Finding::Agrees, PAUSE).await);
        store.clock.advance(PAUSE);
    }
    assert_eq!((store.stuck().await, store.due().await), (vec![], vec![]));
}
