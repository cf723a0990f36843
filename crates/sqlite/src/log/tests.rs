//! A log that a killed server left, beside its own file and beside another.

use std::{fs, path::Path, sync::Arc};

use hongbao_domain::{
    ledger::AddCoin,
    money::{Amount, Coin, Scale},
};
use hongbao_ports::query::UserQueries;
use tempfile::TempDir;

use super::*;
use crate::{
    Settings, SqliteStore,
    testing::{FixedClock, ids},
};

fn settings(folder: &Path) -> Settings {
    Settings { serves: true, ..Settings::new(format!("sqlite://{}/hongbao.db", folder.display())) }
}

async fn add_users(store: &SqliteStore, prefix: &str, count: u32) {
    for number in 0..count {
        store.add_user(&format!("{prefix}{number}")).await;
    }
}

fn copy(from: &Path, to: &Path, names: &[&str]) {
    for name in names {
        fs::copy(from.join(name), to.join(name)).unwrap();
    }
}

/// A folder with a backup, and one as a killed server left it some time after the backup was made.
async fn backup_and_killed() -> [TempDir; 2] {
    let [alive, backup, killed] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let store = SqliteStore::open(&settings(alive.path()), Arc::new(FixedClock), ids()).await.unwrap();
    add_users(&store, "early", 20).await;
    store.close().await;
    drop(store);
    copy(alive.path(), backup.path(), &["hongbao.db"]);
    let store = SqliteStore::open(&settings(alive.path()), Arc::new(FixedClock), ids()).await.unwrap();
    add_users(&store, "later", 400).await;
    store.close().await;
    drop(store);
    let store = SqliteStore::open(&settings(alive.path()), Arc::new(FixedClock), ids()).await.unwrap();
    add_users(&store, "last", 30).await;
    copy(alive.path(), killed.path(), &["hongbao.db", "hongbao.db-wal"]);
    [backup, killed]
}

fn contents(folder: &Path) -> [Vec<u8>; 2] {
    ["hongbao.db", "hongbao.db-wal"].map(|name| fs::read(folder.join(name)).unwrap())
}

#[tokio::test]
async fn what_a_killed_server_left_is_its_own() {
    let [_, killed] = backup_and_killed().await;
    let store = SqliteStore::open(&settings(killed.path()), Arc::new(FixedClock), ids()).await.unwrap();
    assert!(store.status("last29".parse().unwrap()).await.unwrap().is_some());
}

#[tokio::test]
async fn a_log_beside_a_file_that_was_restored_is_named_and_both_stay_as_they_are() {
    let [backup, killed] = backup_and_killed().await;
    copy(killed.path(), backup.path(), &["hongbao.db-wal"]);
    let before = contents(backup.path());

    for _ in 0..2 {
        let refused = SqliteStore::open(&settings(backup.path()), Arc::new(FixedClock), ids()).await.err().unwrap();
        let OpenError::StrangeLog { log, .. } = &refused else { panic!("{refused}") };
        assert_eq!(*log, backup.path().join("hongbao.db-wal"));
        let migrated = crate::migrate(&settings(backup.path())).await;
        assert!(matches!(migrated, Err(OpenError::StrangeLog { .. })), "{migrated:?}");
    }

    assert!(contents(backup.path()) == before, "nothing was folded in");
    fs::remove_file(backup.path().join("hongbao.db-wal")).unwrap();
    fs::remove_file(backup.path().join("hongbao.db-shm")).ok();
    let store = SqliteStore::open(&settings(backup.path()), Arc::new(FixedClock), ids()).await.unwrap();
    assert!(store.status("early19".parse().unwrap()).await.unwrap().is_some());
}

/// Pages of two states can fit together, each row well-formed, and yet money is missing.
#[tokio::test]
async fn a_log_with_which_the_money_does_not_hold_is_named() {
    let [alive, killed] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let store = SqliteStore::open(&settings(alive.path()), Arc::new(FixedClock), ids()).await.unwrap();
    let cent = Amount::from_minor(1).unwrap();
    let coin = Coin::try_new("CNY".parse().unwrap(), Scale::new(2).unwrap(), cent, Amount::MAX).unwrap();
    store.submit(AddCoin { coin }).await.unwrap();
    let from_nowhere = "INSERT INTO accounts (user_id, coin_id, balance, held, version, changed_at)
        VALUES ('alice', 'CNY', '0000000000000000000000000100', '0000000000000000000000000000', 1, 7)";
    store.writer.execute(from_nowhere).await.unwrap();
    copy(alive.path(), killed.path(), &["hongbao.db", "hongbao.db-wal"]);

    let refused = SqliteStore::open(&settings(killed.path()), Arc::new(FixedClock), ids()).await.err().unwrap();

    assert!(matches!(&refused, OpenError::StrangeLog { what, .. } if what.contains("money")), "{refused}");
}

#[tokio::test]
async fn a_second_server_on_the_file_is_refused_while_the_first_runs() {
    let folder = tempfile::tempdir().unwrap();
    let first = SqliteStore::open(&settings(folder.path()), Arc::new(FixedClock), ids()).await.unwrap();
    let second = SqliteStore::open(&settings(folder.path()), Arc::new(FixedClock), ids()).await;
    assert!(matches!(second, Err(OpenError::InUse)));
    let beside = Settings { serves: false, ..settings(folder.path()) };
    assert!(SqliteStore::open(&beside, Arc::new(FixedClock), ids()).await.is_ok(), "an administrator works beside it");

    first.close().await;
    drop(first);
    assert!(SqliteStore::open(&settings(folder.path()), Arc::new(FixedClock), ids()).await.is_ok());
}

#[tokio::test]
async fn a_server_that_has_closed_the_file_lets_the_next_one_in() {
    let folder = tempfile::tempdir().unwrap();
    let first = SqliteStore::open(&settings(folder.path()), Arc::new(FixedClock), ids()).await.unwrap();
    let also_first = first.clone();

    first.close().await;

    assert!(SqliteStore::open(&settings(folder.path()), Arc::new(FixedClock), ids()).await.is_ok());
    drop(also_first);
}
