//! Too slow, too long, too many.
#![expect(clippy::unwrap_used, reason = "a fixture that cannot be set up fails the test that wants it")]

use std::time::{Duration, Instant};

use hongbao_ports::FaultKind;
use hongbao_postgres::Settings;
use hongbao_testbed::{Cluster, Options};
use sqlx::{Connection, Executor, PgConnection};

use crate::test_db::{TestDb, fault};

const RETRY_TIMEOUT: Duration = Duration::from_secs(1);

/// Deposits while another session holds what `lock` takes, until the retry timeout ends; all attempts but the last end so.
async fn deposit_against(lock: &'static str, settings: impl FnOnce(Settings) -> Settings, end: &str) {
    let db = TestDb::new().await;
    let instance = db.open_with(&settings(Settings { retry_timeout: RETRY_TIMEOUT, ..db.settings() })).await;
    let mut other = db.other_session().await;
    other.execute("BEGIN").await.unwrap();
    other.execute(lock).await.unwrap();
    let start = Instant::now();

    assert_eq!(fault(instance.deposit("d1", "alice").await), FaultKind::Unavailable);

    assert!(start.elapsed() < RETRY_TIMEOUT + Duration::from_secs(1), "{:?}", start.elapsed());
    other.execute("ROLLBACK").await.unwrap();
    instance.deposit("d1", "alice").await.unwrap();
    assert_eq!(instance.balance("alice").await, 100);
    let seen = instance.recording.seen();
    let (_last, others) = seen.split_last().expect("it was attempted");
    assert!(others.len() >= 2 && others.iter().all(|word| word == end), "{seen:?}");
}

#[tokio::test]
async fn a_lock_that_another_session_holds_is_waited_for_only_so_long() {
    let lock_timeout = Duration::from_millis(200);
    let lock = "SELECT FROM accounts WHERE user_id = 'alice' FOR UPDATE";
    deposit_against(lock, |settings| Settings { lock_timeout, ..settings }, "retry 55P03").await;
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_ended() {
    let statement_timeout = Duration::from_millis(200);
    let lock = "LOCK TABLE accounts";
    deposit_against(lock, |settings| Settings { statement_timeout, ..settings }, "retry 57014").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_has_no_connection_left_is_unavailable_until_it_has() {
    let settings = ["max_connections = 12", "superuser_reserved_connections = 0"].map(str::to_owned).to_vec();
    let cluster = Cluster::open(Options { settings, ..Options::default() }).unwrap();
    let db = TestDb::in_cluster(&cluster).await;
    let acquire_timeout = Duration::from_millis(300);
    let settings = Settings { retry_timeout: RETRY_TIMEOUT, acquire_timeout, ..db.settings() };
    let instance = db.open_with(&settings).await;
    db.proxy.cut_all();
    let mut others = Vec::new();
    while let Ok(other) = PgConnection::connect(&db.database.url()).await {
        others.push(other);
        assert!(others.len() < 20);
    }
    let start = Instant::now();

    assert_eq!(fault(instance.deposit("d1", "alice").await), FaultKind::Unavailable);

    assert!(start.elapsed() < RETRY_TIMEOUT + Duration::from_secs(1), "{:?}", start.elapsed());
    for other in others {
        other.close().await.unwrap();
    }
    instance.deposit("d1", "alice").await.unwrap();
    assert_eq!(instance.balance("alice").await, 100);
}
