//! What the database itself asks us to do again.

use std::time::Duration;

use hongbao_ports::Ledger;
use hongbao_postgres::Settings;
use hongbao_store::{Attempts, Store};
use sqlx::Executor;
use tokio::spawn;

use crate::test_db::{Instance, TestDb, deposit, until};

/// Starts a deposit to alice and gives the task.
fn start(instance: &Instance) -> tokio::task::JoinHandle<bool> {
    let ledger = instance.ledger.clone();
    spawn(async move { ledger.deposit(deposit("d1", "alice")).await.is_ok_and(|moved| !moved.repeated) })
}

/// The circle: the batch has alice's row and wants the place of a movement, the other has that place and wants her row. The
/// batch closes it, so that it is the one to notice: a third session holds bob's row until then.
#[tokio::test(flavor = "multi_thread")]
async fn the_victim_of_a_deadlock_tries_again() {
    let db = TestDb::new().await;
    db.psql("ALTER DATABASE :\"DBNAME\" SET deadlock_timeout = '50ms'");
    let settings =
        Settings { lock_timeout: Duration::from_mins(1), retry_timeout: Duration::from_mins(1), ..db.settings() };
    let instance = db.open_with(&settings).await;
    instance.open_account("bob").await;
    let (mut other, mut third) = (db.other_session().await, db.other_session().await);
    other.execute("SET deadlock_timeout = '1h'; BEGIN").await.unwrap();
    other.execute("INSERT INTO movements VALUES ('d-alice', 'in', 'alice', 'CNY', 100, 1)").await.unwrap();
    third.execute("BEGIN; SELECT FROM accounts WHERE user_id = 'bob' FOR UPDATE").await.unwrap();
    let batch = ["alice", "bob"].map(|name| db.command(deposit(&format!("d-{name}"), name))).to_vec().into();
    let (recording, ids) = (instance.recording.clone(), db.ids.clone());
    let answer = spawn(async move {
        let attempts = Attempts { store: &*recording, ids: &*ids, retry_timeout: settings.retry_timeout };
        attempts.until_known(|attempt| recording.commit(attempt, &batch)).await.is_ok()
    });
    db.so_many_wait(1).await;
    let circle = spawn(async move {
        let locked = other.execute("SELECT FROM accounts WHERE user_id = 'alice' FOR UPDATE").await;
        other.execute("ROLLBACK").await.expect("the other session lives on");
        locked.is_ok()
    });
    db.so_many_wait(2).await;

    third.execute("ROLLBACK").await.unwrap();

    assert!(circle.await.unwrap(), "the batch is the victim");
    assert!(answer.await.unwrap());
    assert_eq!(instance.recording.seen(), ["retry 40P01"]);
    assert_eq!((instance.balance("alice").await, instance.balance("bob").await), (100, 100));
    instance.assert_holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_serialization_failure_is_tried_again() {
    let db = TestDb::new().await;
    db.psql("ALTER DATABASE :\"DBNAME\" SET default_transaction_isolation = 'serializable'");
    let instance = db.open().await;
    let mut other = db.other_session().await;
    other.execute("BEGIN; UPDATE accounts SET balance = balance WHERE user_id = 'alice'").await.unwrap();
    let answer = start(&instance);
    db.somebody_waits().await;

    other.execute("COMMIT").await.unwrap();

    assert!(answer.await.unwrap());
    assert_eq!(instance.recording.seen(), ["retry 40001"]);
    assert_eq!(instance.balance("alice").await, 100);
    instance.assert_holds().await;
}

#[tokio::test]
async fn a_connection_that_is_lost_before_the_commit_is_replaced() {
    let db = TestDb::new().await;
    let instance = db.open().await;
    db.proxy.cut_mid_batch(3);

    instance.deposit("d1", "alice").await.unwrap();

    assert_eq!(instance.recording.seen(), ["retry", "retry", "retry"]);
    assert_eq!((instance.balance("alice").await, db.proxy.armed()), (100, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_that_is_ended_in_the_middle_is_replaced() {
    let db = TestDb::new().await;
    let instance = db.open().await;
    let mut other = db.other_session().await;
    other.execute("BEGIN; SELECT FROM accounts WHERE user_id = 'alice' FOR UPDATE").await.unwrap();
    let answer = start(&instance);
    db.somebody_waits().await;

    db.psql(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE wait_event_type = 'Lock'
        AND datname = current_database()",
    );
    until("the batch has failed", async || !instance.recording.seen().is_empty()).await;
    other.execute("ROLLBACK").await.unwrap();

    assert!(answer.await.unwrap());
    assert_eq!(instance.recording.seen()[0], "retry 57P01");
    assert_eq!(instance.balance("alice").await, 100);
}
