//! Connections that lead to a server which may not write any more.

use std::time::Duration;

use hongbao_ports::{FaultKind, Ledger, Readiness};
use hongbao_postgres::Settings;
use hongbao_testbed::{Cluster, Options};
use tokio::spawn;

use crate::test_db::{TestDb, deposit, fault, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_to_a_server_that_may_not_write_is_given_up_for_one_that_may() {
    let primary = Cluster::open(Options::default()).unwrap();
    let db = TestDb::in_cluster(&primary).await;
    let standby = primary.standby().unwrap();
    db.proxy.turn_to(standby.address());
    // The standby has every commit on its disk, but perhaps not in its tables yet.
    let ready = "SELECT count(*) FROM accounts";
    let database = db.database.name();
    until("the standby follows", async || standby.psql(database, ready).is_ok_and(|count| count == "1")).await;
    let instance = db.open().await;
    let ledger = instance.ledger.clone();
    let answer = spawn(async move { ledger.deposit(deposit("d1", "alice")).await });
    until("the standby has refused", async || instance.recording.seen().iter().any(|word| word == "retry 25006")).await;

    // The connections that are there stay where they are.
    db.proxy.turn_to(primary.address());

    assert!(!answer.await.unwrap().unwrap().repeated);
    assert_eq!(instance.balance("alice").await, 100);
    instance.assert_holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_may_not_write_is_unavailable() {
    let db = TestDb::new().await;
    db.psql("ALTER DATABASE :\"DBNAME\" SET default_transaction_read_only = on");
    let retry_timeout = Duration::from_millis(300);
    let instance = db.open_with(&Settings { retry_timeout, ..db.settings() }).await;

    assert_eq!(fault(instance.deposit("d1", "alice").await), FaultKind::Unavailable);

    // The last attempt may be cut off by the end of the timeout.
    let seen = instance.recording.seen();
    assert!(seen.len() > 1 && seen[..seen.len() - 1].iter().all(|word| word == "retry 25006"), "{seen:?}");
    assert_eq!(instance.balance("alice").await, 0, "reading goes on");
    assert_eq!(instance.store.schema().await.unwrap_err().kind(), FaultKind::Unavailable, "send no client here");
}
