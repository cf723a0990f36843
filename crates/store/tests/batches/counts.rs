//! What is counted of batches.

use hongbao_domain::store::Lane;
use hongbao_store::Settings;

use crate::{
    crowd,
    fake::{FakeStore, InjectedFault, deposit, poison},
    start,
};
use hongbao_ports::Ledger;

#[tokio::test(start_paused = true)]
async fn each_attempt_counts_with_what_came_of_it() {
    let faults = [InjectedFault::Retry, InjectedFault::LoseBeforeCommit, InjectedFault::LoseAfterCommit];
    let store = FakeStore::new(faults);
    let ledger = start(&store, Settings::default());
    ledger.deposit(deposit(1)).await.unwrap();
    ledger.deposit(deposit(2)).await.unwrap();

    let counts = ledger.counts();

    let expected = [("committed", 1), ("retry", 1), ("conflict", 0), ("lost", 2), ("failed", 0)];
    assert_eq!(counts.attempts, expected, "the third was committed, and its answer was lost");
    assert_eq!((counts.durations.count, counts.commands.count, counts.commands.sum), (2, 2, 2));
    assert!(counts.rows.sum >= 2 && counts.durations.sum > 0, "{counts:?}");
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_is_split_is_one_batch_with_more_attempts() {
    let store = FakeStore::always(InjectedFault::FailOnPoison);
    let ledger = start(&store, Settings::default());
    assert!(ledger.deposit(poison()).await.is_err());
    let counts = ledger.counts();
    assert_eq!((counts.durations.count, counts.attempts[4]), (1, ("failed", 1)));
}

#[tokio::test]
async fn what_waits_is_counted_by_lane_and_what_is_refused_too() {
    let store = FakeStore::new([InjectedFault::Hold]);
    let ledger = start(&store, Settings { queue_limit: 2, ..Settings::default() });
    let _running = crowd(&ledger, 1, 1).await;
    store.held().await;
    let _waiting = crowd(&ledger, 2, 3).await;
    assert!(ledger.deposit(deposit(4)).await.is_err());

    let counts = ledger.counts();

    assert_eq!(counts.waiting, [(Lane::Continuation, 0), (Lane::New, 2), (Lane::Sweep, 0)]);
    assert_eq!(counts.refused, 1);
    store.let_go();
}
