//! A COMMIT that is still on its way while it is asked about.

use std::time::{Duration, Instant};

use hongbao_domain::ledger::{DepositRefusal, Moved};
use hongbao_ports::{Failure, FaultKind, Ledger};
use hongbao_postgres::Settings;
use hongbao_testbed::InjectedFault::HoldCommit;
use tokio::{spawn, task::JoinHandle};

use crate::test_db::{Instance, TestDb, deposit, fault, until};

type Answer = JoinHandle<Result<Moved, Failure<DepositRefusal>>>;

/// Starts a deposit whose COMMIT is held, and waits until it is.
async fn hold(db: &TestDb, instance: &Instance) -> Answer {
    db.proxy.arm(HoldCommit, 1);
    let ledger = instance.ledger.clone();
    let answer = spawn(async move { ledger.deposit(deposit("d1", "alice")).await });
    until("the commit is held", async || db.proxy.held() == 1).await;
    answer
}

async fn fixture(settings: impl FnOnce(Settings) -> Settings) -> (TestDb, Instance) {
    let db = TestDb::new().await;
    let instance = db.open_with(&settings(db.settings())).await;
    (db, instance)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_waits_for_it_and_hears_that_it_was_committed() {
    let (db, instance) = fixture(|settings| settings).await;
    let answer = hold(&db, &instance).await;
    db.somebody_waits().await;
    assert!(!answer.is_finished(), "nothing is known yet");

    assert_eq!(db.proxy.release().await, ["COMMIT"]);

    assert!(!answer.await.unwrap().unwrap().repeated);
    assert_eq!(instance.balance("alice").await, 100);
    assert_eq!(instance.recording.seen(), ["lost"], "it was not run again");
    instance.assert_holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_waits_for_it_and_hears_that_it_never_will_be() {
    let (db, instance) = fixture(|settings| settings).await;
    let answer = hold(&db, &instance).await;
    db.somebody_waits().await;
    let end = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
        WHERE datname = current_database() AND state = 'idle in transaction' AND wait_event = 'ClientRead'";
    assert_eq!(db.psql(end), "t");

    assert!(!answer.await.unwrap().unwrap().repeated);

    assert_ne!(db.proxy.release().await, ["COMMIT"], "what comes late finds nothing to commit");
    assert_eq!(instance.balance("alice").await, 100);
    instance.assert_holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_cannot_wait_any_longer_is_told_that_nobody_knows() {
    let retry_timeout = Duration::from_secs(1);
    let lock_timeout = Duration::from_millis(300);
    let (db, instance) = fixture(|settings| Settings { retry_timeout, lock_timeout, ..settings }).await;
    let start = Instant::now();
    let answer = hold(&db, &instance).await;

    assert_eq!(fault(answer.await.unwrap()), FaultKind::Unresolved);

    assert!(start.elapsed() < retry_timeout + Duration::from_secs(2), "{:?}", start.elapsed());
    assert_eq!(db.proxy.release().await, ["COMMIT"], "it was neither a yes nor a no");
    assert_eq!(instance.balance("alice").await, 100);
    assert!(instance.deposit("d1", "alice").await.unwrap().repeated, "a repeat says what there is");
    instance.assert_holds().await;
}
