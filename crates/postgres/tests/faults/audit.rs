//! An audit that takes long, and one that the database does not answer any more.
#![expect(clippy::unwrap_used, reason = "a fixture that cannot be set up fails the test that wants it")]

use std::{
    collections::BTreeSet,
    sync::Mutex,
    time::{Duration, Instant},
};

use hongbao_ports::{FaultKind, query::LedgerQueries};
use hongbao_postgres::Settings;
use sqlx::{Executor, PgConnection};
use tokio::{spawn, task::JoinHandle};

use crate::test_db::{Instance, TestDb, until};

type Audited = JoinHandle<Result<hongbao_domain::ledger::Audit, hongbao_ports::Fault>>;

const RETRY_TIMEOUT: Duration = Duration::from_millis(300);

/// Begins an audit that waits in the database for as long as the other session wants.
async fn fixture() -> (TestDb, Instance, PgConnection, Audited) {
    let db = TestDb::new().await;
    let settings = Settings { retry_timeout: RETRY_TIMEOUT, lock_timeout: Duration::from_mins(1), ..db.settings() };
    let instance = db.open_with(&settings).await;
    let mut other = db.other_session().await;
    other.execute("BEGIN; LOCK TABLE postings IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let store = instance.store.clone();
    let audit = spawn(async move { store.audit().await });
    db.somebody_waits().await;
    (db, instance, other, audit)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audit_to_which_nobody_answers_any_more_is_given_up() {
    let (db, instance, mut other, audit) = fixture().await;
    let start = Instant::now();

    db.proxy.stall();

    assert_eq!(audit.await.unwrap().unwrap_err().kind(), FaultKind::Unavailable);
    assert!(start.elapsed() < 7 * RETRY_TIMEOUT + Duration::from_secs(1), "{:?}", start.elapsed());
    other.execute("ROLLBACK").await.unwrap();
    db.proxy.flow();
    until("the store can be audited again", async || instance.store.audit().await.is_ok()).await;
    instance.assert_holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audit_that_takes_long_is_waited_for() {
    let (db, _instance, mut other, audit) = fixture().await;
    let looks = Mutex::new(BTreeSet::new());
    let look = "SELECT max(query_start) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%state_change%'";

    until("it was looked after more often than it may be missed", async || {
        let mut looks = looks.lock().unwrap();
        looks.insert(db.psql(look));
        assert!(!audit.is_finished());
        looks.len() > 6
    })
    .await;

    other.execute("ROLLBACK").await.unwrap();
    assert!(audit.await.unwrap().unwrap().holds());
}
