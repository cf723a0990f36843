//! What makes a SQLite store not ready, and ready again.

use std::{fs, path::PathBuf};

use hongbao_ports::{Deployment, FaultKind};
use sqlx::{ConnectOptions, Connection, raw_sql, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use super::*;
use crate::{
    Settings,
    testing::{FixedClock, ids},
};

struct Fixture {
    store: SqliteStore,
    folder: TempDir,
}

impl Fixture {
    /// A store with one reader, in a folder of its own.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/hongbao.db", folder.path().display());
        let settings = Settings { readers: 1, ..Settings::new(url) };
        Self { store: SqliteStore::open(&settings, Arc::new(FixedClock), ids()).await.unwrap(), folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn commit(&self) {
        self.store.mark(Deployment::Real).await.unwrap();
    }

    async fn is_away(&self) -> bool {
        matches!(self.store.schema().await, Err(fault) if fault.kind() == FaultKind::Unavailable)
    }

    async fn is_ready(&self) -> bool {
        matches!(self.store.schema().await, Ok(Schema::Current))
    }
}

#[tokio::test]
async fn a_store_whose_file_is_gone_is_away_until_it_is_back() {
    let fixture = Fixture::new().await;
    fs::rename(fixture.path("hongbao.db"), fixture.path("elsewhere.db")).unwrap();
    assert!(fixture.is_away().await);

    fs::rename(fixture.path("elsewhere.db"), fixture.path("hongbao.db")).unwrap();
    assert!(fixture.is_ready().await);
}

#[tokio::test]
async fn another_file_with_the_same_name_is_not_the_store() {
    let fixture = Fixture::new().await;
    fs::copy(fixture.path("hongbao.db"), fixture.path("copy.db")).unwrap();
    fs::rename(fixture.path("copy.db"), fixture.path("hongbao.db")).unwrap();
    assert!(fixture.is_away().await);
}

/// As when a backup is put back beside a server that runs, log and all.
#[tokio::test]
async fn another_log_with_the_same_name_is_not_the_stores() {
    let fixture = Fixture::new().await;
    fixture.commit().await;
    assert!(fixture.is_ready().await);
    fs::copy(fixture.path("hongbao.db-wal"), fixture.path("stale")).unwrap();
    fs::rename(fixture.path("hongbao.db-wal"), fixture.path("own")).unwrap();
    assert!(fixture.is_away().await, "it is gone");
    fs::rename(fixture.path("stale"), fixture.path("hongbao.db-wal")).unwrap();
    assert!(fixture.is_away().await, "it is another one");

    fs::rename(fixture.path("own"), fixture.path("hongbao.db-wal")).unwrap();
    assert!(fixture.is_ready().await);
}

/// The log is cut and begun anew, and connections come and go: it stays the same file.
#[tokio::test]
async fn a_log_that_is_folded_in_stays_the_stores() {
    let fixture = Fixture::new().await;
    for _ in 0..3 {
        fixture.commit().await;
        raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").execute(&fixture.store.writer).await.unwrap();
        drop(fixture.store.readers.acquire().await.unwrap().detach());
        assert!(fixture.is_ready().await);
    }
}

#[tokio::test]
async fn a_schema_that_is_newer_or_older_is_another_one() {
    let fixture = Fixture::new().await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9999, 'of a later version', TRUE, x'00', 0)";
    let changes = [newer, "DELETE FROM _sqlx_migrations WHERE version > 1"];
    for change in changes {
        raw_sql(change).execute(&fixture.store.writer).await.unwrap();
        assert_eq!(fixture.store.schema().await.unwrap(), Schema::Other, "{change}");
    }
    raw_sql("DELETE FROM _sqlx_migrations").execute(&fixture.store.writer).await.unwrap();
    assert_eq!(fixture.store.schema().await.unwrap(), Schema::Other, "no version at all");
}

#[tokio::test]
async fn a_store_that_is_being_written_is_ready() {
    let fixture = Fixture::new().await;
    fixture.commit().await;
    let mut writing = fixture.store.writer.begin_with("BEGIN IMMEDIATE").await.unwrap();
    raw_sql("DELETE FROM coins").execute(&mut *writing).await.unwrap();
    assert!(fixture.is_ready().await);
}

/// A disk that is full or broken shows only in a write.
#[tokio::test]
async fn a_store_that_cannot_be_written_is_away_until_it_can() {
    let fixture = Fixture::new().await;
    let other = SqliteConnectOptions::clone(&fixture.store.writer.connect_options()).connect().await;
    let mut other = other.unwrap();
    let held = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let answered = timeout(2 * TIMEOUT, fixture.is_away()).await;
    assert_eq!(answered, Ok(true), "and without a long wait");

    drop(held);
    other.close().await.unwrap();
    assert!(fixture.is_ready().await);
}

#[tokio::test]
async fn readers_and_steps_that_are_all_busy_do_not_make_a_store_away() {
    let fixture = Fixture::new().await;
    let _reading = (fixture.store.readers.acquire().await.unwrap(), fixture.store.sweeps.acquire().await.unwrap());
    assert!(fixture.is_ready().await);
    fixture.commit().await;
    let until = Instant::now() + TIMEOUT;
    let _writing = fixture.store.lanes.lend(&fixture.store.writer, Lane::Background, until).await.unwrap();
    assert!(fixture.is_ready().await, "it has just committed");
}

#[tokio::test]
async fn a_store_whose_probe_is_stuck_is_away_without_a_long_wait() {
    let fixture = Fixture::new().await;
    let taken = fixture.store.probe.acquire().await.unwrap();
    let answered = timeout(2 * TIMEOUT, fixture.is_away()).await;
    assert_eq!(answered, Ok(true), "the pool alone would wait for longer");

    drop(taken);
    assert!(fixture.is_ready().await);
}

#[tokio::test]
async fn a_store_that_is_closed_is_away() {
    let fixture = Fixture::new().await;
    fixture.store.close().await;
    assert!(fixture.is_away().await);
}
