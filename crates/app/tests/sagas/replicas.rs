//! Several clean-ups over one ledger.

use std::{future::pending, sync::Arc, time::Duration};

use hongbao_app::CleanUp;
use hongbao_testkit::{
    Dice, Faults,
    Moment::{After, Before},
    Ports, Step, alice, assert_holds,
};
use tokio::time::timeout;

use crate::{
    fixture::{Fixture, LEASE},
    granting,
};

const PACKETS: usize = 256;
const TICK: Duration = Duration::from_millis(1);
const EVERY: Duration = Duration::from_secs(1);

/// A server's clean-up, with a way to the ledger of its own.
struct Replica {
    faults: Faults,
    clean_up: CleanUp,
}

impl Replica {
    /// One whose every look and command takes as long as everybody else's: so all of them act at the same moments.
    fn of(fixture: &Fixture, seed: u64) -> Self {
        let faults = Faults::default();
        faults.delay(After(Step::OVERDUE), TICK);
        faults.delay(Before(Step::CANCEL), TICK);
        let Ports { ledger, queries, .. } = faults.around_all(&fixture.store);
        Self { faults, clean_up: CleanUp::new(ledger, queries, Arc::new(Dice::new(seed))) }
    }

    /// Works for a while and is gone.
    async fn live(&self, span: Duration) {
        let lived = timeout(span, self.clean_up.run(EVERY, pending())).await;
        assert!(lived.is_err(), "it is not told to stop");
    }
}

/// A ledger in which many publishers died after the first step.
async fn after_an_accident() -> Fixture {
    let fixture = Fixture::new(granting()).await;
    for _ in 0..PACKETS {
        fixture.reserve_only("1").await;
    }
    fixture.store.clock.advance(LEASE);
    fixture
}

#[tokio::test(start_paused = true)]
async fn three_that_see_the_same_share_the_work() {
    for seed in 0..10 {
        let fixture = after_an_accident().await;
        let replicas = [0, 1, 2].map(|number| Replica::of(&fixture, seed * 3 + number));
        let [one, two, three] = replicas.each_ref().map(|replica| replica.live(EVERY / 2));

        tokio::join!(one, two, three);

        assert_eq!(fixture.balance(alice()).await, 100_000, "everything is cancelled at the first tick");
        let commands: usize = replicas.iter().map(|replica| replica.faults.calls(Step::CANCEL)).sum();
        assert!(commands < PACKETS * 2, "{commands} commands for {PACKETS} packets, seed {seed}");
        assert_holds(&fixture.store).await;
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_dies_in_the_middle_leaves_nothing_to_the_others_that_they_do_not_do() {
    let fixture = after_an_accident().await;
    let replicas = [0, 1, 2].map(|number| Replica::of(&fixture, number));
    let [dying, two, three] = &replicas;

    // It has looked and asked for its first slice, and hears no answer any more.
    tokio::join!(dying.live(TICK * 3 / 2), two.live(EVERY / 2), three.live(EVERY / 2));

    assert!(dying.faults.calls(Step::CANCEL) > 0);
    assert_eq!(fixture.balance(alice()).await, 100_000);
    assert_holds(&fixture.store).await;
}

#[tokio::test(start_paused = true)]
async fn one_alone_submits_each_command_once() {
    let fixture = after_an_accident().await;
    let alone = Replica::of(&fixture, 7);

    alone.live(EVERY / 2).await;

    assert_eq!(fixture.balance(alice()).await, 100_000);
    assert_eq!(alone.faults.calls(Step::CANCEL), PACKETS);
}
