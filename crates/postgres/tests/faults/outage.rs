//! PostgreSQL stops and comes back.

use std::time::{Duration, Instant};

use hongbao_ports::{FaultKind, Ledger, Readiness, Schema, query::SessionQueries};
use hongbao_postgres::Settings;
use hongbao_testbed::{Cluster, Options, Shutdown};
use tokio::task::JoinSet;

use crate::test_db::{TestDb, deposit, fault, until};

#[tokio::test(flavor = "multi_thread")]
async fn while_the_server_is_away_everything_says_so_soon_and_afterwards_all_is_well() {
    let cluster = Cluster::open(Options::default()).unwrap();
    let db = TestDb::in_cluster(&cluster).await;
    let retry_timeout = Duration::from_secs(2);
    let instance = db.open_with(&Settings { retry_timeout, ..db.settings() }).await;
    instance.deposit("d1", "alice").await.unwrap();
    let key = "nobody's".parse().unwrap();
    assert_eq!(instance.store.schema().await.unwrap(), Schema::Current);

    cluster.stop(Shutdown::Immediate).unwrap();

    for reference in ["d2", "d3"] {
        let start = Instant::now();
        let (deposited, looked, ready) =
            tokio::join!(instance.deposit(reference, "alice"), instance.store.user_of(&key), instance.store.schema());
        assert_eq!(fault(deposited), FaultKind::Unavailable);
        assert_eq!(looked.unwrap_err().kind(), FaultKind::Unavailable);
        assert_eq!(ready.unwrap_err().kind(), FaultKind::Unavailable);
        assert!(start.elapsed() < retry_timeout + Duration::from_secs(1), "{:?}", start.elapsed());
    }
    cluster.start().unwrap();

    until("the store is ready again", async || instance.store.schema().await.is_ok()).await;
    assert_eq!(instance.store.user_of(&key).await.unwrap(), None);
    for reference in ["d2", "d3", "d4"] {
        assert!(!instance.deposit(reference, "alice").await.unwrap().repeated, "what was unavailable was not done");
    }
    assert_eq!(instance.balance("alice").await, 400);
    instance.assert_holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_around_a_crash_is_there_and_the_rest_can_be_repeated() {
    let cluster = Cluster::open(Options { durable: true, ..Options::default() }).unwrap();
    let db = TestDb::in_cluster(&cluster).await;
    let instance = db.open_side_by_side(&db.settings(), 2).await;
    let mut answers = JoinSet::new();
    for worker in 0..4 {
        let ledger = instance.ledger.clone();
        answers.spawn(async move {
            let mut answers = Vec::new();
            for number in 0..50 {
                let reference = format!("{worker}-{number}");
                answers.push((reference.clone(), ledger.deposit(deposit(&reference, "alice")).await.is_ok()));
            }
            answers
        });
    }
    until("work is under way", async || instance.balance("alice").await > 500).await;

    cluster.restart(Shutdown::Immediate).unwrap();

    let mut references = 0;
    for (reference, is_acknowledged) in answers.join_all().await.into_iter().flatten() {
        references += 1;
        let again = instance.deposit(&reference, "alice").await.unwrap();
        assert!(again.repeated || !is_acknowledged, "{reference} was acknowledged and is not there");
    }
    assert_eq!(instance.balance("alice").await, 100 * references);
    instance.assert_holds().await;
}
