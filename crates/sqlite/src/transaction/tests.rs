//! What a transaction leaves behind, however it ends.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use hongbao_ports::{FaultKind, query::UserQueries};
use sqlx::Executor;
use tempfile::TempDir;

use super::*;
use crate::{
    Settings,
    testing::{FixedClock, ids},
};

async fn store() -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        retry_timeout: Duration::from_millis(200),
        ..Settings::new(format!("sqlite://{}/hongbao.db", folder.path().display()))
    };
    (SqliteStore::open(&settings, Arc::new(FixedClock), ids()).await.unwrap(), folder)
}

async fn adds_users(store: &SqliteStore, name: &str) -> bool {
    store.add_user(name).await;
    is_there(store, name).await
}

async fn is_there(store: &SqliteStore, name: &str) -> bool {
    store.status(name.parse().unwrap()).await.unwrap().is_some()
}

const ADD: &str = "INSERT INTO users (id, is_active, takes_friend_requests) VALUES ('eve', TRUE, TRUE)";

/// Runs a step that executes these statements and then ends as told.
async fn run(store: &SqliteStore, sql: &'static [&'static str], end: Result<(), FaultKind>) -> Result<(), Fault> {
    let step = store.run(move |mut tx| {
        Box::pin(async move {
            for sql in sql {
                tx.execute(*sql).await.map_err(|error| fault::of(error, "cannot run the statement"))?;
            }
            end.map(Verdict::Commit).map_err(|_| Fault::internal("it broke"))
        })
    });
    step.await
}

/// It is what SQLite does by itself on a full disk and after an I/O error.
#[tokio::test]
async fn a_transaction_that_was_rolled_back_under_us_does_not_end_the_writer() {
    let (store, _folder) = store().await;
    assert!(run(&store, &[ADD, "ROLLBACK"], Err(FaultKind::Internal)).await.is_err());
    assert!(!is_there(&store, "eve").await);
    assert!(adds_users(&store, "alice").await);
}

/// What a constraint refuses at the COMMIT stays open after it.
#[tokio::test]
async fn a_commit_that_is_refused_leaves_nothing_open() {
    let (store, _folder) = store().await;
    let broken = &["PRAGMA defer_foreign_keys = ON", "INSERT INTO blocks (user_id, blocked_id) VALUES ('x', 'y')"];
    let refused = run(&store, broken, Ok(())).await.unwrap_err();
    assert_eq!(refused.kind(), FaultKind::Internal, "trying again would not help");
    assert!(adds_users(&store, "alice").await);
}

#[tokio::test]
async fn a_step_that_is_given_up_half_way_leaves_nothing_open() {
    let (store, _folder) = store().await;
    let half = store.run(|mut tx| {
        Box::pin(async move {
            tx.execute(ADD).await.map_err(|error| fault::of(error, "cannot add"))?;
            std::future::pending::<Result<Verdict<()>, Fault>>().await
        })
    });
    assert!(tokio::time::timeout(Duration::from_millis(50), half).await.is_err());
    assert!(adds_users(&store, "alice").await);
    assert!(!is_there(&store, "eve").await);
}

/// Marks the connection that writes: the table is there for no other, and only as long as the connection.
async fn mark(store: &SqliteStore) {
    store.writer.execute("CREATE TEMP TABLE marked (one)").await.unwrap();
}

async fn is_marked(store: &SqliteStore) -> bool {
    store.writer.execute("SELECT * FROM marked").await.is_ok()
}

#[tokio::test]
async fn only_a_connection_whose_transaction_was_seen_to_end_is_used_again() {
    let (store, _folder) = store().await;
    mark(&store).await;
    assert!(run(&store, &[ADD], Ok(())).await.is_ok());
    assert!(run(&store, &[], Err(FaultKind::Internal)).await.is_err());
    assert!(is_marked(&store).await, "a commit and a rollback that ended in order");

    let broken = &["PRAGMA defer_foreign_keys = ON", "INSERT INTO blocks (user_id, blocked_id) VALUES ('x', 'y')"];
    assert!(run(&store, broken, Ok(())).await.is_err());
    assert!(!is_marked(&store).await, "a commit that was refused");

    mark(&store).await;
    let endless = || store.run(|_| Box::pin(std::future::pending::<Result<Verdict<()>, Fault>>()));
    assert!(endless().await.is_err());
    assert!(!is_marked(&store).await, "a step that took too long");

    mark(&store).await;
    assert!(tokio::time::timeout(Duration::from_millis(50), endless()).await.is_err());
    assert!(!is_marked(&store).await, "a step that was given up half-way");
}

#[tokio::test]
async fn a_step_that_takes_too_long_is_unavailable_and_leaves_nothing() {
    let (store, _folder) = store().await;
    let late = store.run(|mut tx| {
        Box::pin(async move {
            tx.execute(ADD).await.map_err(|error| fault::of(error, "cannot add"))?;
            std::future::pending::<Result<Verdict<()>, Fault>>().await
        })
    });
    assert_eq!(late.await.unwrap_err().kind(), FaultKind::Unavailable);
    assert!(adds_users(&store, "alice").await);
    assert!(!is_there(&store, "eve").await);
}

#[tokio::test]
async fn a_step_whose_cause_may_pass_is_run_again_until_it_is_done() {
    let (store, _folder) = store().await;
    let runs = AtomicU32::new(0);
    let step = store.run(|mut tx| {
        let run = runs.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            tx.execute(ADD).await.map_err(|error| fault::of(error, "cannot add"))?;
            if run < 2 { Err(Fault::unavailable("the disk is full")) } else { Ok(Verdict::Commit(())) }
        })
    });
    step.await.unwrap();
    assert!(is_there(&store, "eve").await);
    assert_eq!(runs.into_inner(), 3);
}
