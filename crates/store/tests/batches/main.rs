//! Group commit, seen from its callers, over a store that fails as it was told beforehand.

mod counts;
mod fake;

use std::{sync::Arc, time::Duration};

use fake::{FakeStore, InjectedFault, deposit, nowhere, poison};
use hongbao_ports::{Failure, FaultKind, Ledger};
use hongbao_store::{Batches, Settings};
use hongbao_testkit::SeqIds;
use tokio::{task::JoinSet, time::Instant};

fn start(store: &Arc<FakeStore>, settings: Settings) -> Arc<Batches> {
    Arc::new(Batches::start(store.clone(), Arc::new(SeqIds::new()), settings))
}

fn kind<T, R>(result: Result<T, Failure<R>>) -> Option<FaultKind> {
    match result {
        Err(Failure::Fault(fault)) => Some(fault.kind()),
        Err(Failure::Refused(_)) | Ok(_) => None,
    }
}

/// Submits deposits `first..=last` at once and waits until all of them are in the queue.
async fn crowd(ledger: &Arc<Batches>, first: u32, last: u32) -> JoinSet<bool> {
    let mut callers = JoinSet::new();
    for number in first..=last {
        let ledger = ledger.clone();
        callers.spawn(async move { ledger.deposit(deposit(number)).await.is_ok() });
    }
    for _ in first..=last {
        tokio::task::yield_now().await;
    }
    callers
}

#[tokio::test(start_paused = true)]
async fn a_lone_command_is_not_delayed() {
    let (store, before) = (FakeStore::new([]), Instant::now());
    start(&store, Settings::default()).deposit(deposit(1)).await.unwrap();
    assert_eq!((before.elapsed(), store.batches()), (Duration::ZERO, vec![1]));
}

#[tokio::test]
async fn whoever_comes_while_a_batch_is_at_the_disk_shares_the_next_one() {
    let store = FakeStore::new([InjectedFault::Hold]);
    let ledger = start(&store, Settings { batch_limit: 40, ..Settings::default() });
    let mut callers = crowd(&ledger, 1, 1).await;
    store.held().await;
    let mut more = crowd(&ledger, 2, 64).await;

    store.let_go();

    while let Some(done) = callers.join_next().await {
        assert!(done.unwrap());
    }
    while let Some(done) = more.join_next().await {
        assert!(done.unwrap());
    }
    assert_eq!(store.batches(), [1, 40, 23]);
    assert_eq!(store.balance(), 64);
}

#[tokio::test]
async fn a_full_queue_refuses_at_once() {
    let store = FakeStore::new([InjectedFault::Hold]);
    let ledger = start(&store, Settings { queue_limit: 2, ..Settings::default() });
    let _running = crowd(&ledger, 1, 1).await;
    store.held().await;
    let _waiting = crowd(&ledger, 2, 3).await;

    assert_eq!(kind(ledger.deposit(deposit(4)).await), Some(FaultKind::Unavailable));

    store.let_go();
}

#[tokio::test]
async fn a_full_queue_has_room_for_a_second_step() {
    let store = FakeStore::new([InjectedFault::Hold]);
    let ledger = start(&store, Settings { queue_limit: 2, ..Settings::default() });
    let _running = crowd(&ledger, 1, 1).await;
    store.held().await;
    let _waiting = crowd(&ledger, 2, 3).await;
    assert_eq!(kind(ledger.deposit(deposit(4)).await), Some(FaultKind::Unavailable), "the queue is full");
    let confirming = tokio::spawn({
        let ledger = ledger.clone();
        async move { kind(ledger.confirm(nowhere()).await) }
    });
    tokio::task::yield_now().await;

    store.let_go();

    assert_eq!(confirming.await.unwrap(), None, "it was run, and the book refused it");
}

#[tokio::test]
async fn a_caller_who_leaves_before_the_batch_begins_has_asked_for_nothing() {
    let store = FakeStore::new([InjectedFault::Hold]);
    let ledger = start(&store, Settings::default());
    let _running = crowd(&ledger, 1, 1).await;
    store.held().await;
    let mut leaving = crowd(&ledger, 2, 3).await;
    leaving.shutdown().await;

    store.let_go();
    ledger.close().await;

    assert_eq!((store.batches(), store.balance()), (vec![1], 1));
}

#[tokio::test]
async fn a_caller_who_leaves_while_the_batch_runs_stops_nothing() {
    let store = FakeStore::new([InjectedFault::Hold]);
    let ledger = start(&store, Settings::default());
    let mut leaving = crowd(&ledger, 1, 1).await;
    store.held().await;
    leaving.shutdown().await;

    store.let_go();

    ledger.deposit(deposit(2)).await.unwrap();
    assert_eq!(store.balance(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_may_pass_is_attempted_again_under_a_fresh_name() {
    let store = FakeStore::new([InjectedFault::Retry, InjectedFault::Retry]);
    start(&store, Settings::default()).deposit(deposit(1)).await.unwrap();
    assert_eq!((store.attempts(), store.balance()), (3, 1));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_stays_away_is_unavailable_after_the_patience() {
    let store = FakeStore::always(InjectedFault::Retry);
    let before = Instant::now();
    let answer = start(&store, Settings::default()).deposit(deposit(1)).await;
    assert_eq!(kind(answer), Some(FaultKind::Unavailable));
    assert!(before.elapsed() <= Settings::default().retry_timeout);
}

#[tokio::test(start_paused = true)]
async fn a_lost_commit_that_happened_is_not_run_again() {
    let store = FakeStore::new([InjectedFault::LoseAfterCommit]);
    let moved = start(&store, Settings::default()).deposit(deposit(1)).await.unwrap();
    assert!(!moved.repeated, "the outcome is that of the one commit");
    assert_eq!((store.batches(), store.balance()), (vec![1], 1));
}

#[tokio::test(start_paused = true)]
async fn a_lost_commit_that_never_happened_is_run_again() {
    let store = FakeStore::new([InjectedFault::LoseBeforeCommit]);
    start(&store, Settings::default()).deposit(deposit(1)).await.unwrap();
    assert_eq!((store.attempts(), store.balance()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_lost_commit_that_nobody_can_tell_of_is_unresolved_and_never_a_guess() {
    let store = FakeStore::new([InjectedFault::LoseAfterCommit]);
    store.never_tell();
    let answer = start(&store, Settings::default()).deposit(deposit(1)).await;
    assert_eq!(kind(answer), Some(FaultKind::Unresolved));
}

#[tokio::test(start_paused = true)]
async fn a_question_that_panics_is_asked_again() {
    let store = FakeStore::new([InjectedFault::LoseAfterCommit]);
    store.panic_when_asked(2);
    start(&store, Settings::default()).deposit(deposit(1)).await.unwrap();
    assert_eq!((store.batches(), store.balance()), (vec![1], 1));
}

#[tokio::test(start_paused = true)]
async fn a_question_that_always_panics_is_unresolved_and_the_writer_goes_on() {
    let store = FakeStore::new([InjectedFault::LoseAfterCommit]);
    store.panic_when_asked(u32::MAX);
    let ledger = start(&store, Settings::default());
    assert_eq!(kind(ledger.deposit(deposit(1)).await), Some(FaultKind::Unresolved));

    ledger.deposit(deposit(2)).await.unwrap();
    assert_eq!(store.balance(), 2);
}

#[tokio::test]
async fn a_poisonous_command_fails_alone() {
    for injected in [InjectedFault::FailOnPoison, InjectedFault::PanicOnPoison, InjectedFault::ConflictOnPoison] {
        let store = FakeStore::always(injected);
        store.hold_next();
        let ledger = start(&store, Settings::default());
        let mut first = crowd(&ledger, 1, 1).await;
        store.held().await;
        let mut good = crowd(&ledger, 2, 20).await;
        let bad = tokio::spawn({
            let ledger = ledger.clone();
            async move { kind(ledger.deposit(poison()).await) }
        });
        tokio::task::yield_now().await;
        let mut more = crowd(&ledger, 21, 40).await;

        store.let_go();

        assert_eq!(bad.await.unwrap(), Some(FaultKind::Internal));
        for callers in [&mut first, &mut good, &mut more] {
            while let Some(done) = callers.join_next().await {
                assert!(done.unwrap());
            }
        }
        assert_eq!(store.balance(), 40);
    }
}

#[tokio::test]
async fn closing_runs_what_waits_and_takes_no_more() {
    let store = FakeStore::new([InjectedFault::Hold]);
    let ledger = start(&store, Settings::default());
    let mut callers = crowd(&ledger, 1, 1).await;
    store.held().await;
    let mut waiting = crowd(&ledger, 2, 5).await;
    let closing = tokio::spawn({
        let ledger = ledger.clone();
        async move { ledger.close().await }
    });
    tokio::task::yield_now().await;

    store.let_go();
    closing.await.unwrap();

    assert!(callers.join_next().await.unwrap().unwrap());
    while let Some(done) = waiting.join_next().await {
        assert!(done.unwrap());
    }
    assert_eq!(kind(ledger.deposit(deposit(6)).await), Some(FaultKind::Unavailable));
    assert_eq!(store.balance(), 5);
}

#[tokio::test(start_paused = true)]
async fn batches_that_are_let_go_without_closing_leave_no_writer_behind() {
    let store = FakeStore::new([]);
    let ledger = start(&store, Settings { writers: 2, ..Settings::default() });
    ledger.deposit(deposit(1)).await.unwrap();

    drop(ledger);
    tokio::time::sleep(Duration::from_secs(1)).await;

    assert_eq!(Arc::strong_count(&store), 1, "each writer holds the store");
}

#[tokio::test]
async fn two_writers_have_two_batches_at_the_disk_that_name_nothing_in_common() {
    let store = FakeStore::new([InjectedFault::Hold, InjectedFault::Hold]);
    let ledger = start(&store, Settings { writers: 2, ..Settings::default() });
    let mut first = crowd(&ledger, 1, 1).await;
    store.held().await;
    let mut waiting = crowd(&ledger, 2, 3).await;
    let other = tokio::spawn({
        let ledger = ledger.clone();
        async move { ledger.confirm(nowhere()).await.is_err() }
    });
    store.held().await;
    assert_eq!(store.attempts(), 2, "the first deposit and the packet, but no deposit to the same account");

    store.let_go();
    store.let_go();

    assert!(other.await.unwrap());
    for callers in [&mut first, &mut waiting] {
        while let Some(done) = callers.join_next().await {
            assert!(done.unwrap());
        }
    }
    let mut batches = store.batches();
    batches.sort_unstable();
    assert_eq!((batches, store.balance()), (vec![1, 1, 2], 3));
}
