//! A COMMIT that is still on its way while it is asked about.

use std::time::{Duration, Instant};

use hongbao_domain::ledger::{DepositRefusal, Moved};
use hongbao_ports::{Failure, FaultKind, Ledger};
use hongbao_postgres::Settings;
use hongbao_testbed::InjectedFault::HoldCommit;
use tokio::{spawn, task::JoinHandle};

use crate::stand::{Instance, Stand, deposit, fault, until};

type Answer = JoinHandle<Result<Moved, Failure<DepositRefusal>>>;

/// Starts a deposit whose COMMIT is held, and waits until it is.
async fn hold(stand: &Stand, instance: &Instance) -> Answer {
    stand.proxy.arm(HoldCommit, 1);
    let ledger = instance.ledger.clone();
    let answer = spawn(async move { ledger.deposit(deposit("d1", "alice")).await });
    until("the commit is held", async || stand.proxy.held() == 1).await;
    answer
}

async fn scene(settings: impl FnOnce(Settings) -> Settings) -> (Stand, Instance) {
    let stand = Stand::new().await;
    let instance = stand.open_with(&settings(stand.settings())).await;
    (stand, instance)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_waits_for_it_and_hears_that_it_was_committed() {
    let (stand, instance) = scene(|settings| settings).await;
    let answer = hold(&stand, &instance).await;
    stand.somebody_waits().await;
    assert!(!answer.is_finished(), "nothing is known yet");

    assert_eq!(stand.proxy.release().await, ["COMMIT"]);

    assert!(!answer.await.unwrap().unwrap().repeated);
    assert_eq!(instance.balance("alice").await, 100);
    assert_eq!(instance.watched.seen(), ["lost"], "it was not run again");
    instance.assert_holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_waits_for_it_and_hears_that_it_never_will_be() {
    let (stand, instance) = scene(|settings| settings).await;
    let answer = hold(&stand, &instance).await;
    stand.somebody_waits().await;
    let end = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
        WHERE datname = current_database() AND state = 'idle in transaction' AND wait_event = 'ClientRead'";
    assert_eq!(stand.psql(end), "t");

    assert!(!answer.await.unwrap().unwrap().repeated);

    assert_ne!(stand.proxy.release().await, ["COMMIT"], "what comes late finds nothing to commit");
    assert_eq!(instance.balance("alice").await, 100);
    instance.assert_holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_cannot_wait_any_longer_is_told_that_nobody_knows() {
    let patience = Duration::from_secs(1);
    let lock_timeout = Duration::from_millis(300);
    let (stand, instance) = scene(|settings| Settings { patience, lock_timeout, ..settings }).await;
    let start = Instant::now();
    let answer = hold(&stand, &instance).await;

    assert_eq!(fault(answer.await.unwrap()), FaultKind::Unresolved);

    assert!(start.elapsed() < patience + Duration::from_secs(2), "{:?}", start.elapsed());
    assert_eq!(stand.proxy.release().await, ["COMMIT"], "it was neither a yes nor a no");
    assert_eq!(instance.balance("alice").await, 100);
    assert!(instance.deposit("d1", "alice").await.unwrap().repeated, "a repeat says what there is");
    instance.assert_holds().await;
}
