//! Groups over a cloud that loses answers and executes calls late.

mod cloud;
mod fixture;
mod histories;
mod lapsed;
mod replicas;
mod stuck;

use std::time::Duration;

use cloud::{FATES, Fate};
use fixture::{Fixture, LEASE, PAUSE, asking};
use hongbao_domain::{
    group::{CreateGroup, CreateRefusal, JoinRefusal, Memo},
    im_cloud::CloudRefusal,
};
use hongbao_ports::{Failure, Fault, FaultKind, Ids};
use hongbao_testkit::{
    Moment::{After, Before},
    Step, alice, bob, user,
};
use tokio::time::Instant;

const AWAY: Fault = Fault::unavailable("broken on purpose");
const LOST: Fault = Fault::unresolved("broken on purpose");
const DEFECT: Fault = Fault::internal("broken on purpose");
const UNKNOWN: CloudRefusal = CloudRefusal::Unknown(None);

#[tokio::test(start_paused = true)]
async fn a_group_is_created_and_joined_here_and_at_the_cloud() {
    let fixture = Fixture::new();
    let group = fixture.group().await;

    let joined = fixture.join(group).await.unwrap();

    assert_eq!((joined.group, joined.name.as_str(), joined.member_count), (group, "好友", 2));
    assert_eq!(fixture.members(group).await, [alice(), bob()].into());
    assert_eq!(fixture.sweep_report().await, (0, 0, 0));
    fixture.assert_agreed().await;
}

impl Fixture {
    async fn sweep_report(&self) -> (usize, usize, usize) {
        let done = self.reconciler.sweep().await.expect("what is due can be read");
        (done.agreed, done.corrected, done.left)
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_becomes_of_a_create_the_answer_is_true_and_both_sides_agree() {
    for fate in FATES {
        let fixture = Fixture::new();
        fixture.cloud.foresee([fate]);

        let created = fixture.create().await;

        let is_done = matches!(fate, Fate::Done | Fate::DoneAndLate | Fate::Slow);
        assert_eq!(created.is_ok(), is_done, "{fate:?}");
        assert!(is_done || matches!(created, Err(Failure::Refused(CreateRefusal::ImCloud(_)))), "{created:?}");
        let group = fixture.store.ids.groups().next();
        fixture.settle().await;
        fixture.assert_agreed().await;
        if let Some(group) = group {
            assert_eq!(fixture.exists(group).await, is_done, "{fate:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_create_that_is_executed_after_its_discard_and_its_first_check_is_dismissed() {
    let fixture = Fixture::new();
    fixture.cloud.foresee([Fate::Late]);
    let refused = fixture.create().await;
    assert!(matches!(refused, Err(Failure::Refused(CreateRefusal::ImCloud(told))) if told == UNKNOWN));
    let group = fixture.store.ids.groups().next().unwrap();

    assert_eq!(fixture.sweep_report().await, (1, 0, 0), "nothing is there yet");
    fixture.cloud.catch_up(false);
    assert_eq!(fixture.cloud.members_of(group), [alice()].into());
    fixture.store.clock.advance(PAUSE);
    assert_eq!(fixture.sweep_report().await, (0, 1, 0));

    assert_eq!(fixture.cloud.members_of(group), [].into());
    assert!(matches!(fixture.join(group).await, Err(Failure::Refused(JoinRefusal::NotFound))));
    fixture.settle().await;
    fixture.assert_agreed().await;
}

#[tokio::test(start_paused = true)]
async fn whatever_becomes_of_a_join_and_of_the_next_the_answers_are_true_and_both_sides_agree() {
    // The second join has up to three calls: the undo, its own, and the reconciler's beside it.
    for first in FATES {
        for second in FATES {
            for third in FATES {
                for swept in [false, true] {
                    let fixture = Fixture::new();
                    let group = fixture.group().await;
                    fixture.cloud.foresee([first]);
                    let mut is_member = fixture.join(group).await.is_ok();
                    if swept {
                        fixture.sweep().await;
                    }
                    fixture.cloud.foresee([second, third]);
                    match fixture.join(group).await {
                        Ok(joined) => {
                            assert!(!is_member, "twice status 0: {first:?}, {second:?}, {third:?}");
                            assert_eq!(joined.member_count, 2);
                            is_member = true;
                        }
                        Err(Failure::Refused(JoinRefusal::AlreadyMember)) => assert!(is_member),
                        Err(Failure::Refused(JoinRefusal::ImCloud(_))) => {}
                        other => panic!("{other:?}"),
                    }
                    assert_eq!(fixture.is_member(group).await, is_member);
                    fixture.settle().await;
                    assert_eq!(fixture.is_member(group).await, is_member, "{first:?}, {second:?}, {third:?}, {swept}");
                    fixture.assert_agreed().await;
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_member_whom_a_late_quit_took_out_is_taken_in_again() {
    let fixture = Fixture::new();
    let group = fixture.group().await;
    fixture.cloud.foresee([Fate::LostAfter]);
    assert!(fixture.join(group).await.is_err());
    // The reconciler's quit is lost for now; the user's own undo is done, and so is the new join.
    fixture.cloud.foresee([Fate::Done, Fate::Late]);
    fixture.sweep().await;
    fixture.join(group).await.unwrap();

    fixture.cloud.catch_up(false);
    assert_eq!(fixture.cloud.members_of(group), [alice()].into());
    fixture.store.clock.advance(PAUSE);
    fixture.sweep().await;

    assert_eq!(fixture.cloud.members_of(group), [alice(), bob()].into());
    fixture.settle().await;
    fixture.assert_agreed().await;
}

#[tokio::test(start_paused = true)]
async fn of_two_joins_at_once_one_is_done_and_the_other_hears_that_it_was() {
    let fixture = Fixture::new();
    let group = fixture.group().await;
    let (first, second) = tokio::join!(fixture.join(group), fixture.join(group));
    assert!(first.is_ok() != second.is_ok(), "{first:?}, {second:?}");
    let other = if first.is_ok() { second } else { first };
    assert!(matches!(other, Err(Failure::Refused(JoinRefusal::AlreadyMember))), "{other:?}");
    fixture.assert_agreed().await;
}

#[tokio::test(start_paused = true)]
async fn a_join_waits_for_the_check_that_is_about_to_take_the_user_out() {
    let fixture = Fixture::new();
    let group = fixture.group().await;
    fixture.cloud.foresee([Fate::LostAfter]);
    assert!(fixture.join(group).await.is_err());

    // The check sees the user at the cloud, and takes its time before it calls quit.
    fixture.cloud.foresee([Fate::Slow]);
    let ((), joined) = tokio::join!(fixture.sweep(), fixture.join(group));

    assert_eq!(joined.unwrap().member_count, 2);
    assert_eq!(fixture.cloud.members_of(group), [alice(), bob()].into());
    fixture.settle().await;
    fixture.assert_agreed().await;
}

#[tokio::test(start_paused = true)]
async fn a_second_join_goes_on_when_the_first_has_failed() {
    let fixture = Fixture::new();
    let group = fixture.group().await;
    fixture.cloud.foresee([Fate::LostAfter]);
    let (first, second) = tokio::join!(fixture.join(group), fixture.join(group));
    assert!(first.is_ok() != second.is_ok(), "{first:?}, {second:?}");
    fixture.settle().await;
    assert!(fixture.is_member(group).await);
    fixture.assert_agreed().await;
}

#[tokio::test(start_paused = true)]
async fn who_waits_too_long_for_the_own_earlier_join_hears_that_nothing_was_begun() {
    let fixture = Fixture::new();
    let group = fixture.group().await;
    assert!(fixture.prepare_join_only(group).await);
    let broken = fixture.join(group).await;
    assert!(matches!(&broken, Err(Failure::Fault(fault)) if fault.kind() == FaultKind::Unavailable), "{broken:?}");
}

#[tokio::test(start_paused = true)]
async fn nothing_begins_without_a_turn() {
    let fixture = Fixture::new();
    let group = fixture.group().await;
    fixture.cloud.foresee([Fate::NoTurn, Fate::NoTurn]);
    let created = fixture.create().await;
    assert!(matches!(created, Err(Failure::Refused(CreateRefusal::ImCloud(CloudRefusal::Busy)))));
    let joined = fixture.join(group).await;
    assert!(matches!(joined, Err(Failure::Refused(JoinRefusal::ImCloud(CloudRefusal::Busy)))));
    assert_eq!((fixture.store.ids.groups().count(), fixture.members(group).await), (1, [alice()].into()));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_before_the_prepare_is_the_contracts_database_error() {
    for (fault, after) in [(AWAY, false), (LOST, false), (LOST, true)] {
        let fixture = Fixture::new();
        fixture.break_at(&[Step::PREPARE_GROUP], after, 1, &fault);
        let created = fixture.create().await;
        match fault.kind() {
            FaultKind::Unavailable => assert!(matches!(created, Err(Failure::Refused(CreateRefusal::Database)))),
            kind @ (FaultKind::Unresolved | FaultKind::Internal) => {
                assert!(matches!(&created, Err(Failure::Fault(fault)) if fault.kind() == kind), "{created:?}");
            }
        }
        fixture.settle().await;
        fixture.assert_agreed().await;
        assert!(!fixture.exists(fixture.store.ids.groups().next().unwrap()).await);
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_step_breaks_the_answer_is_true_and_both_sides_agree() {
    let steps: [&[Step]; 5] = [
        &[Step::PREPARE_GROUP, Step::PREPARE_JOIN],
        &[Step::RESUME_JOIN],
        &[Step::ACTIVATE_GROUP, Step::ACTIVATE_JOIN],
        &[Step::DISCARD_GROUP, Step::DISCARD_JOIN],
        &[Step::END_CHECK],
    ];
    for steps in steps {
        for (fault, after, times) in [AWAY, LOST, DEFECT].into_iter().flat_map(|fault| {
            // A store that says that nothing was begun has begun nothing.
            let whens: &[bool] = if fault.kind() == FaultKind::Unavailable { &[false] } else { &[false, true] };
            whens.iter().flat_map(move |after| [1, usize::MAX].map(|times| (fault.clone(), *after, times)))
        }) {
            for fate in [Fate::Done, Fate::LostAfter, Fate::Late] {
                let plan = format!("{steps:?} {:?}, after: {after}, {times} times", fault.kind());
                let fixture = Fixture::new();
                fixture.break_at(steps, after, times, &fault);
                fixture.cloud.foresee([fate]);
                let created = fixture.create().await;
                fixture.settle().await;
                fixture.assert_agreed().await;
                for group in fixture.store.ids.groups() {
                    assert!(created.is_ok() <= fixture.exists(group).await, "{plan}, {fate:?}: {created:?}");
                    assert!(!(is_refused(&created) && fixture.exists(group).await), "{plan}, {fate:?}: {created:?}");
                }

                let fixture = Fixture::new();
                let group = fixture.group().await;
                fixture.cloud.foresee([Fate::LostAfter]);
                assert!(fixture.join(group).await.is_err());
                fixture.break_at(steps, after, times, &fault);
                fixture.cloud.foresee([Fate::Done, fate]);
                let joined = fixture.join(group).await;
                fixture.settle().await;
                fixture.assert_agreed().await;
                assert!(joined.is_ok() <= fixture.is_member(group).await, "{plan}, {fate:?}: {joined:?}");
                assert!(!(is_refused(&joined) && fixture.is_member(group).await), "{plan}, {fate:?}: {joined:?}");
            }
        }
    }
}

const fn is_refused<T, R>(answer: &Result<T, Failure<R>>) -> bool {
    matches!(answer, Err(Failure::Refused(_)))
}

#[tokio::test(start_paused = true)]
async fn what_a_dead_process_left_behind_is_undone_and_never_shown() {
    let fixture = Fixture::new();
    let group = fixture.group().await;
    let half = fixture.prepare_only().await;
    assert!(fixture.prepare_join_only(group).await);
    assert!(matches!(fixture.join(half).await, Err(Failure::Refused(JoinRefusal::NotFound))));

    fixture.store.clock.advance(LEASE);
    fixture.sweep().await;

    assert!(!fixture.exists(half).await && !fixture.is_member(group).await);
    fixture.settle().await;
    fixture.assert_agreed().await;
    fixture.join(group).await.unwrap();
    assert_ne!(fixture.store.ids.group(), half);
}

#[tokio::test(start_paused = true)]
async fn creating_and_joining_answer_by_the_deadline_of_the_request() {
    let fixture = Fixture::new();
    let group = fixture.group().await;
    for step in [Step::PREPARE_GROUP, Step::PREPARE_JOIN] {
        fixture.faults.hang(Before(step));
    }

    let caller = asking(alice());
    tokio::time::sleep(Duration::from_secs(4)).await;
    let create = CreateGroup { name: "好友".parse().unwrap(), memo: Memo::default() };
    let created = fixture.groups.create(&caller, create).await;
    assert!(matches!(created, Err(Failure::Fault(fault)) if fault.kind() == FaultKind::Unresolved));
    assert_eq!(Instant::now(), caller.deadline.at());

    let caller = asking(bob());
    tokio::time::sleep(Duration::from_secs(4)).await;
    let joined = fixture.groups.join(&caller, group).await;
    assert!(matches!(joined, Err(Failure::Fault(fault)) if fault.kind() == FaultKind::Unresolved));
    assert_eq!(Instant::now(), caller.deadline.at());
}

#[tokio::test(start_paused = true)]
async fn a_join_whose_answer_was_lost_is_told_as_its_repeat_is_though_others_have_joined_since() {
    let fixture = Fixture::new();
    let group = fixture.group().await;
    let key = "k1".parse().expect("it is a key");
    let caller = asking(bob()).under_key("im/group_join".parse().expect("a method"), key, [1; 32]);
    let mut lost = fixture.faults.hold(After(Step::ACTIVATE_JOIN));
    let (told, ()) = tokio::join!(fixture.groups.join(&caller, group), async {
        lost.reached().await;
        fixture.groups.join(&asking(user("carol")), group).await.expect("nothing is in the way");
        lost.fail(LOST);
    });

    let told = told.expect("it is done");
    assert_eq!(told.member_count, 2);
    assert_eq!(fixture.groups.join(&caller, group).await.expect("it was done"), told);
}
