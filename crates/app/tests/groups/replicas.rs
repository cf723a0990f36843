//! Several reconcilers over one store and one cloud.

use std::{future::pending, sync::Arc, time::Duration};

use hongbao_app::groups::Reconciler;
use hongbao_ports::{CloudGroups, Turn};
use hongbao_testkit::{Dice, Faults, Moment::Before, Step, alice};
use tokio::time::timeout;

use crate::fixture::{Fixture, LEASE, deps};

const GROUPS: usize = 256;
const TICK: Duration = Duration::from_millis(10);
const EVERY: Duration = Duration::from_secs(10);

/// A server's reconciler, with a way to the store of its own.
struct Replica {
    faults: Faults,
    reconciler: Reconciler,
}

impl Replica {
    /// One whose every step takes as long as everybody else's: so all of them act at the same moments.
    fn of(fixture: &Fixture, seed: u64) -> Self {
        let faults = Faults::default();
        for step in [Step::DUE, Step::CLAIM_CHECK, Step::END_CHECK] {
            faults.delay(Before(step), TICK);
        }
        let ports = faults.around_all(&fixture.store);
        let deps = deps(&ports, fixture.cloud.clone(), Arc::new(Dice::new(seed)));
        Self { faults, reconciler: Reconciler::new(deps, ports.queries) }
    }

    /// Works for a while and is gone.
    async fn live(&self, span: Duration) {
        let lived = timeout(span, self.reconciler.run(EVERY, pending())).await;
        assert!(lived.is_err(), "it is not told to stop");
    }
}

impl Fixture {
    /// One in which many creators died after the cloud had made their groups, and the groups were given up.
    async fn after_an_accident() -> Self {
        let fixture = Self::new();
        let name = "好友".parse().expect("a name");
        for _ in 0..GROUPS {
            let group = fixture.prepare_only().await;
            fixture.cloud.create(Turn::grant(), group, &name, alice()).await.expect("the cloud does it");
            fixture.store.groups.discard_group(group).await.expect("it is not active");
        }
        fixture
    }

    async fn assert_nothing_is_due(&self) {
        assert_eq!(self.store.queries.due(9).await.expect("it can be read"), []);
    }
}

#[tokio::test(start_paused = true)]
async fn three_that_see_the_same_ask_the_cloud_once_and_share_the_work() {
    for seed in 0..10 {
        let fixture = Fixture::after_an_accident().await;
        let replicas = [0, 1, 2].map(|number| Replica::of(&fixture, seed * 3 + number));
        let [one, two, three] = replicas.each_ref().map(|replica| replica.live(EVERY / 2));

        tokio::join!(one, two, three);

        fixture.assert_nothing_is_due().await;
        fixture.assert_agreed().await;
        assert_eq!((fixture.cloud.shown(), fixture.cloud.undone()), (GROUPS, GROUPS), "seed {seed}");
        let checks: usize = replicas.iter().map(|replica| replica.faults.calls(Step::CLAIM_CHECK)).sum();
        assert!(checks * 4 < GROUPS * 7, "{checks} checks of {GROUPS} groups, seed {seed}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_dies_in_the_middle_leaves_nothing_to_the_others_that_they_do_not_do() {
    let fixture = Fixture::after_an_accident().await;
    let replicas = [0, 1, 2].map(|number| Replica::of(&fixture, number));
    let [dying, two, three] = &replicas;

    // It has looked, taken its first rows and had the cloud dismiss the groups, and cannot say so any more.
    tokio::join!(dying.live(TICK * 5 / 2), two.live(EVERY / 2), three.live(EVERY / 2));
    fixture.assert_nothing_is_due().await;
    let before = fixture.cloud.shown();
    fixture.store.clock.advance(LEASE);
    two.live(EVERY / 2).await;

    fixture.assert_nothing_is_due().await;
    let again = fixture.cloud.shown() - before;
    assert!((1..=dying.faults.calls(Step::CLAIM_CHECK)).contains(&again), "{again} groups are looked at again");
    assert_eq!((before, fixture.cloud.undone()), (GROUPS, GROUPS), "what was done is not done again");
    fixture.assert_agreed().await;
}

#[tokio::test(start_paused = true)]
async fn one_alone_takes_each_row_once() {
    let fixture = Fixture::after_an_accident().await;
    let alone = Replica::of(&fixture, 7);

    alone.live(EVERY / 2).await;

    fixture.assert_nothing_is_due().await;
    assert_eq!(
        (alone.faults.calls(Step::CLAIM_CHECK), fixture.cloud.shown(), fixture.cloud.undone()),
        (GROUPS, GROUPS, GROUPS)
    );
}
