//! Random histories of one membership: joins, deaths, checks and a cloud that is late, in any order.

use std::time::Duration;

use hongbao_domain::{group::JoinRefusal, id::GroupId};
use hongbao_ports::Failure;
use proptest::prelude::*;

use crate::{
    cloud::Fate,
    fixture::{Fixture, LEASE},
};

#[derive(Debug, Clone)]
enum Event {
    /// The user joins, and this becomes of the calls.
    Join(Vec<Fate>),
    /// The user joins twice at once.
    JoinTwice(Vec<Fate>),
    /// A process dies after it has taken the row.
    Die,
    /// The reconciler works once.
    Sweep(Vec<Fate>),
    /// The reconciler works while the user joins.
    SweepAndJoin(Vec<Fate>),
    /// The cloud executes what is late.
    CatchUp { backwards: bool },
    /// A lease passes; the cloud is never later than this.
    Lease,
    /// A minute passes; the cloud is never later than this.
    Minute,
}

fn fates() -> impl Strategy<Value = Vec<Fate>> {
    let fate = prop_oneof![
        4 => Just(Fate::Done),
        1 => Just(Fate::Rejected),
        1 => Just(Fate::LostBefore),
        2 => Just(Fate::LostAfter),
        4 => Just(Fate::Late),
        2 => Just(Fate::DoneAndLate),
        3 => Just(Fate::Slow),
        1 => Just(Fate::NoTurn),
    ];
    prop::collection::vec(fate, 0..4)
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => fates().prop_map(Event::Join),
        2 => fates().prop_map(Event::JoinTwice),
        1 => Just(Event::Die),
        3 => fates().prop_map(Event::Sweep),
        3 => fates().prop_map(Event::SweepAndJoin),
        2 => any::<bool>().prop_map(|backwards| Event::CatchUp { backwards }),
        2 => Just(Event::Lease),
        4 => Just(Event::Minute),
    ]
}

struct History {
    fixture: Fixture,
    group: GroupId,
    done: usize,
}

impl History {
    async fn join(&mut self) {
        let joined = self.fixture.join(self.group).await;
        self.note(joined);
    }

    fn note(&mut self, joined: Result<hongbao_domain::group::Joined, Failure<JoinRefusal>>) {
        match joined {
            Ok(_) => self.done += 1,
            Err(Failure::Refused(JoinRefusal::AlreadyMember)) => assert_eq!(self.done, 1, "not yet a member"),
            Err(Failure::Refused(JoinRefusal::ImCloud(_)) | Failure::Fault(_)) => {}
            Err(Failure::Refused(refusal)) => panic!("{refusal:?}"),
        }
        assert!(self.done <= 1, "status 0 twice");
    }

    async fn happen(&mut self, event: Event) {
        self.fixture.cloud.foresee([]);
        match event {
            Event::Join(fates) => {
                self.fixture.cloud.foresee(fates);
                self.join().await;
            }
            Event::JoinTwice(fates) => {
                self.fixture.cloud.foresee(fates);
                let (first, second) = tokio::join!(self.fixture.join(self.group), self.fixture.join(self.group));
                // The one that was done came first, whichever it is.
                let (first, second) = if second.is_ok() { (second, first) } else { (first, second) };
                self.note(first);
                self.note(second);
            }
            Event::Die => _ = self.fixture.prepare_join_only(self.group).await,
            Event::Sweep(fates) => {
                self.fixture.cloud.foresee(fates);
                self.fixture.sweep().await;
            }
            Event::SweepAndJoin(fates) => {
                self.fixture.cloud.foresee(fates);
                let ((), joined) = tokio::join!(self.fixture.sweep(), self.fixture.join(self.group));
                self.note(joined);
            }
            Event::CatchUp { backwards } => self.fixture.cloud.catch_up(backwards),
            Event::Lease => self.pass(LEASE),
            Event::Minute => self.pass(Duration::from_mins(1)),
        }
        assert_eq!(self.fixture.is_member(self.group).await, self.done == 1);
    }

    fn pass(&self, span: Duration) {
        self.fixture.cloud.catch_up(false);
        self.fixture.store.clock.advance(span);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn in_every_history_status_0_comes_once_and_the_cloud_agrees_in_the_end(
        events in prop::collection::vec(event(), 1..24),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("a runtime can be built").block_on(async {
            let fixture = Fixture::new();
            let group = fixture.group().await;
            let mut history = History { fixture, group, done: 0 };
            for event in events {
                history.happen(event).await;
            }
            history.fixture.settle().await;
            assert_eq!(history.fixture.is_member(group).await, history.done == 1);
            history.fixture.assert_agreed().await;
        });
    }
}
