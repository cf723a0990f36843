//! The rules of one membership.

use super::*;
use crate::{
    group::{Memo, PrepareGroup},
    testing::{LEASE, NOON, alice, bob},
};

const PAUSE: Duration = Duration::from_mins(2);

fn group() -> Group {
    let (name, memo) = ("好友".parse().unwrap(), Memo::default());
    let prepare = PrepareGroup { id: GroupId::from_u128(1), name, memo, owner: alice(), lease: LEASE };
    Group::prepare(prepare, NOON).activate(NOON).unwrap()
}

fn prepare(before: Option<&Membership>, now: Timestamp) -> Result<(Membership, PreparedJoin), PrepareJoinRefusal> {
    let prepare = PrepareJoin { group: group().id, user: bob(), lease: LEASE };
    Membership::prepare(Some(&group()), before, prepare, now)
}

fn joining() -> Membership {
    prepare(None, NOON).unwrap().0
}

#[test]
fn only_an_active_group_can_be_joined() {
    let ask = PrepareJoin { group: group().id, user: bob(), lease: LEASE };
    let preparing = Group { state: GroupState::Preparing { lease_until: NOON.after(LEASE) }, ..group() };
    let discarded = Group { state: GroupState::Discarded { check: None }, ..group() };
    for hidden in [None, Some(&preparing), Some(&discarded)] {
        assert_eq!(Membership::prepare(hidden, None, ask, NOON), Err(PrepareJoinRefusal::NotFound));
    }
}

#[test]
fn a_join_makes_a_member_once_and_a_repeat_says_the_same() {
    let joining = joining();
    let member = joining.activate(1, PAUSE, NOON).unwrap();
    assert_eq!(member.state, MembershipState::Member { joined: 1, check: None });
    assert_eq!(member.activate(1, PAUSE, NOON), Ok(member));
    assert_eq!(member.discard(1, NOON), Err(DiscardJoinRefusal::Joined));
    assert_eq!(prepare(Some(&member), NOON), Err(PrepareJoinRefusal::AlreadyMember));
    assert_eq!(prepare(Some(&joining), NOON), Err(PrepareJoinRefusal::InProgress));
}

#[test]
fn an_undone_join_is_due_at_once_and_its_late_activation_changes_nothing() {
    let leaving = joining().discard(1, NOON).unwrap();
    assert_eq!((leaving.state, leaving.due_at()), (MembershipState::Leaving { check: Check::at(NOON) }, Some(NOON)));
    assert_eq!(leaving.discard(1, NOON), Ok(leaving));
    assert_eq!(leaving.activate(1, PAUSE, NOON), Err(Stale));
}

#[test]
fn a_new_join_undoes_the_earlier_one_first_and_stays_under_checks() {
    let leaving = joining().discard(1, NOON).unwrap();
    let (held, prepared) = prepare(Some(&leaving), NOON).unwrap();
    assert!(prepared.undo_first);
    assert_eq!(prepare(Some(&held), NOON), Err(PrepareJoinRefusal::BeingUndone));
    assert_eq!(held.claim_check(LEASE, NOON), Err(NotDue));

    let resumed = held.resume(prepared.fence, LEASE, NOON).unwrap();
    assert_eq!(resumed.resume(prepared.fence, LEASE, NOON), Ok(resumed));
    let member = resumed.activate(resumed.version, PAUSE, NOON).unwrap();
    assert_eq!(member.due_at(), Some(NOON.after(PAUSE)));
}

#[test]
fn a_check_and_a_new_join_exclude_each_other() {
    let leaving = joining().discard(1, NOON).unwrap();
    let (checked, desired) = leaving.claim_check(LEASE, NOON).unwrap();
    assert_eq!(desired, Desired::NoMember(bob()));
    assert_eq!(prepare(Some(&checked), NOON), Err(PrepareJoinRefusal::BeingUndone));

    // The process that checks has died: the new join takes over, and the late end changes nothing.
    let (taken, prepared) = prepare(Some(&checked), NOON.after(LEASE)).unwrap();
    assert!(prepared.undo_first);
    assert_eq!(taken.end_check(checked.version, Finding::Agrees, PAUSE, NOON.after(LEASE)), Err(Stale));
}

#[test]
fn a_join_whose_lease_is_over_is_undone_by_whoever_looks() {
    let late = NOON.after(LEASE);
    let (held, desired) = joining().claim_check(LEASE, late).unwrap();
    assert_eq!(desired, Desired::NoMember(bob()));
    assert_eq!(held.activate(1, PAUSE, late), Err(Stale));
    assert_eq!(held.discard(1, late), Ok(held));

    let (taken, prepared) = prepare(Some(&joining()), late).unwrap();
    assert!(prepared.undo_first);
    assert_eq!(taken.activate(1, PAUSE, late), Err(Stale));
}

#[test]
fn a_member_is_only_ever_checked_for_being_there() {
    let leaving = joining().discard(1, NOON).unwrap();
    let (held, prepared) = prepare(Some(&leaving), NOON).unwrap();
    let resumed = held.resume(prepared.fence, LEASE, NOON).unwrap();
    let mut member = resumed.activate(resumed.version, PAUSE, NOON).unwrap();
    let mut now = NOON;
    for _ in 0..Check::ROUNDS {
        now = now.after(PAUSE);
        let (checked, desired) = member.claim_check(LEASE, now).unwrap();
        assert_eq!(desired, Desired::Member(bob()));
        assert_eq!(prepare(Some(&checked), now), Err(PrepareJoinRefusal::AlreadyMember));
        assert_eq!(checked.activate(resumed.version, PAUSE, now), Ok(checked), "a late repeat of the activation");
        member = checked.end_check(checked.version, Finding::Agrees, PAUSE, now).unwrap();
    }
    assert_eq!((member.is_member(), member.due_at()), (true, None));
}

#[test]
fn whoever_is_gone_joins_like_a_stranger() {
    let mut row = joining().discard(1, NOON).unwrap();
    let mut now = NOON;
    for _ in 0..Check::ROUNDS {
        let (held, _) = row.claim_check(LEASE, now).unwrap();
        row = held.end_check(held.version, Finding::Agrees, PAUSE, now).unwrap();
        now = now.after(PAUSE);
    }
    assert_eq!(row.state, MembershipState::Gone);
    let (again, prepared) = prepare(Some(&row), now).unwrap();
    assert!(!prepared.undo_first);
    assert_eq!(again.activate(1, PAUSE, now), Err(Stale), "the first join's fence");
}

#[test]
fn what_has_lapsed_is_undone_once_and_due_at_once() {
    let late = NOON.after(LEASE);
    assert_eq!(joining().lapse(Timestamp::from_micros(late.to_micros() - 1)), None);
    let lapsed = joining().lapse(late).unwrap();
    assert_eq!((lapsed.state, lapsed.version), (MembershipState::Leaving { check: Check::at(late) }, 2));
    assert_eq!(lapsed.activate(1, PAUSE, late), Err(Stale));
    assert_eq!(lapsed.lapse(late), None);

    let member = joining().activate(1, PAUSE, late).unwrap();
    assert_eq!(member.lapse(late), None, "a member stays one");
}

#[test]
fn an_undo_is_resumed_by_who_holds_it_and_nobody_else() {
    let undone = joining().discard(1, NOON).unwrap();
    assert_eq!(undone.resume(undone.version, LEASE, NOON), Err(Stale), "it has no holder");
    let held = prepare(Some(&undone), NOON).unwrap().0;
    for other in [held.version - 1, held.version + 1] {
        assert_eq!(held.resume(other, LEASE, NOON), Err(Stale));
    }

    let resumed = held.resume(held.version, LEASE, NOON).unwrap();
    assert_eq!(resumed.resume(held.version, LEASE, NOON), Ok(resumed));
    for other in [held.version - 1, resumed.version] {
        assert_eq!(resumed.resume(other, LEASE, NOON), Err(Stale), "a repeat names the fence of the undo");
    }
}

#[test]
fn a_check_is_ended_by_who_holds_it_and_nobody_else() {
    let end = |row: &Membership, fence| row.end_check(fence, Finding::Agrees, PAUSE, NOON);
    let undone = joining().discard(1, NOON).unwrap();
    let resumed = prepare(Some(&undone), NOON).unwrap().0.resume(3, LEASE, NOON).unwrap();
    let member = resumed.activate(resumed.version, Duration::ZERO, NOON).unwrap();
    for row in [undone, member] {
        assert_eq!(end(&row, row.version), Err(Stale), "it has no holder");
        let held = row.claim_check(LEASE, NOON).unwrap().0;
        for other in [held.version - 1, held.version + 1] {
            assert_eq!(end(&held, other), Err(Stale));
        }
        assert!(end(&held, held.version).is_ok());
    }
}

#[test]
fn a_clock_that_jumps_back_is_not_followed() {
    let earlier = Timestamp::from_micros(NOON.to_micros() - 1);
    let undone = joining().discard(1, earlier).unwrap();
    assert_eq!(undone.changed_at, NOON);
}

#[test]
fn nothing_is_checked_before_it_is_due() {
    let just_before = Timestamp::from_micros(NOON.after(LEASE).to_micros() - 1);
    assert_eq!(joining().claim_check(LEASE, just_before), Err(NotDue), "its lease is not over");

    let held = prepare(Some(&joining().discard(1, NOON).unwrap()), NOON).unwrap().0;
    let resumed = held.resume(held.version, LEASE, NOON).unwrap();
    let member = resumed.activate(resumed.version, LEASE, NOON).unwrap();
    assert_eq!(member.claim_check(LEASE, just_before), Err(NotDue), "its appointment is later");
    assert_eq!(member.claim_check(LEASE, NOON.after(LEASE)).map(|(_, desired)| desired), Ok(Desired::Member(bob())));
}
