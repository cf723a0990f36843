//! What an audit finds, and that it holds nothing back.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use hongbao_domain::{
    id::{AttemptId, CommandId},
    ledger::{AccountKey, AddCoin, Deposit, Finding},
    money::{Amount, Coin, Scale},
    store::Command,
};
use hongbao_store::{Attempt, Store};
use sqlx::{Executor, raw_sql, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use tokio::time::Instant;

use super::*;
use crate::{
    Settings,
    testing::{FixedClock, ids},
};

/// A store with a coin, in a folder of its own.
struct Fixture {
    store: SqliteStore,
    folder: TempDir,
}

impl Fixture {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::new(format!("sqlite://{}/hongbao.db", folder.path().display()));
        let store = SqliteStore::open(&settings, Arc::new(FixedClock), ids()).await.unwrap();
        let cent = Amount::from_minor(1).unwrap();
        let coin = Coin::try_new("CNY".parse().unwrap(), Scale::new(2).unwrap(), cent, Amount::MAX).unwrap();
        store.submit(AddCoin { coin }).await.unwrap();
        Self { store, folder }
    }

    /// Deposits 1.00 to each of so many accounts, in one batch.
    async fn deposit(&self, batch: u32, accounts: u32) {
        let deposit = |number: u32| {
            let user = format!("u{number}").parse().unwrap();
            let account = AccountKey { user, coin: "CNY".parse().unwrap() };
            let reference = format!("d{batch}-{number}").parse().unwrap();
            let deposit = Deposit { reference, account, amount: Amount::from_minor(100).unwrap() };
            let id = CommandId::from_u128(u128::from(batch) << 32 | u128::from(number));
            Command { id, request: None, action: deposit.into() }
        };
        let batch_of: Vec<_> = (0..accounts).map(deposit).collect();
        let until = Instant::now() + Duration::from_secs(10);
        let attempt = Attempt { id: AttemptId::from_u128(batch.into()), until };
        self.store.commit(attempt, &batch_of.into()).await.unwrap();
    }

    async fn findings(&self) -> Vec<Finding> {
        run(&self.store).await.unwrap().findings
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("hongbao.db-wal")
    }
}

#[tokio::test]
async fn what_was_changed_by_hand_is_found() {
    let fixture = Fixture::new().await;
    fixture.deposit(1, 3).await;
    assert_eq!(fixture.findings().await, []);
    let account = Holder::Account(AccountKey { user: "u1".parse().unwrap(), coin: "CNY".parse().unwrap() });
    let writer = &fixture.store.writer;

    let rich = "UPDATE accounts SET balance = '0000000000000000000000000101' WHERE user_id = 'u1'";
    raw_sql(rich).execute(writer).await.unwrap();
    let coin = "CNY".parse().unwrap();
    assert_eq!(fixture.findings().await, [Finding::CoinDoesNotHold(coin), Finding::BalanceDiffers(account)]);

    let poor = "UPDATE accounts SET balance = '0000000000000000000000000100' WHERE user_id = 'u1';
        DROP TRIGGER postings_are_never_changed;
        UPDATE postings SET amount = '+0000000000000000000000000099' WHERE owner_id = 'u1'";
    raw_sql(poor).execute(writer).await.unwrap();
    let found = fixture.findings().await;
    assert!(found.contains(&Finding::BrokenChain { holder: account, seq: 1 }), "{found:?}");
    let command = CommandId::from_u128(1 << 32 | 1);
    assert!(found.contains(&Finding::UnbalancedCommand { command, coin }), "{found:?}");

    let orphan = "UPDATE postings SET amount = '+0000000000000000000000000100' WHERE owner_id = 'u1';
        UPDATE postings SET owner_id = 'nobody' WHERE owner_id = 'u1'";
    raw_sql(orphan).execute(writer).await.unwrap();
    let found = fixture.findings().await;
    assert_eq!(found, [Finding::BalanceDiffers(account), Finding::Orphans(1)]);
}

/// It is looked up account by account what packets hold, and so their money would be seen nowhere.
#[tokio::test]
async fn packets_of_a_sender_who_has_no_account_are_found() {
    let fixture = Fixture::new().await;
    fixture.deposit(1, 1).await;
    let stray =
        "INSERT INTO packets (id, sender_id, coin_id, total, held, entries, remark, state, created_at, expires_at,
            changed_at, version)
        VALUES (zeroblob(16), 'nobody', 'CNY', '0000000000000000000000000100', '0000000000000000000000000100', 1, '',
            'open', 7, 8, 7, 1)";
    raw_sql(stray).execute(&fixture.store.writer).await.unwrap();

    let found = fixture.findings().await;

    assert!(found.contains(&Finding::HeldOfNobody("CNY".parse().unwrap())), "{found:?}");
}

/// The log can begin anew only while no reader needs an old page of it.
#[tokio::test]
async fn an_audit_holds_the_log_back_in_no_longer_than_a_piece() {
    let fixture = Fixture::new().await;
    for batch in 0..2 {
        fixture.deposit(batch, 1_500).await;
    }
    let audit = tokio::spawn({
        let store = fixture.store.clone();
        async move { run(&store).await }
    });
    let options = SqliteConnectOptions::clone(&fixture.store.writer.connect_options());
    let mut other = options.busy_timeout(Duration::from_secs(1)).connect().await.unwrap();
    let (mut folded, mut batch) = (0, 10);
    while !audit.is_finished() {
        fixture.deposit(batch, 1).await;
        batch += 1;
        let row = other.fetch_one("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
        let is_busy: i64 = sqlx::Row::get(&row, 0);
        if is_busy == 0 && !audit.is_finished() {
            folded += 1;
        }
    }
    assert!(audit.await.unwrap().unwrap().holds());
    assert!(folded >= 2, "the log was begun anew {folded} times");
}

#[tokio::test]
async fn an_audit_beside_writers_holds() {
    let fixture = Fixture::new().await;
    let is_over = Arc::new(AtomicBool::new(false));
    let audits = tokio::spawn({
        let (store, is_over) = (fixture.store.clone(), Arc::clone(&is_over));
        async move {
            while !is_over.load(Ordering::Relaxed) {
                assert_eq!(run(&store).await.unwrap().findings, []);
            }
        }
    });
    // So many and no more: an audit takes the longer, the more there is.
    for batch in 0..200 {
        fixture.deposit(batch, 40).await;
    }
    is_over.store(true, Ordering::Relaxed);
    audits.await.unwrap();
}

#[tokio::test]
async fn a_log_that_grew_beside_a_reader_is_cut_when_the_reader_is_gone() {
    const LIMIT: u64 = 8 << 20;
    let fixture = Fixture::new().await;
    let mut reader = fixture.store.readers.begin().await.unwrap();
    reader.fetch_one("SELECT count(*) FROM coins").await.unwrap();
    let mut batch = 0;
    while fixture.log().metadata().unwrap().len() <= LIMIT {
        fixture.deposit(batch, 500).await;
        batch += 1;
    }

    drop(reader);
    // One that folds the log in, and one that begins it anew.
    for _ in 0..3 {
        fixture.deposit(batch, 1).await;
        batch += 1;
    }

    let size = fixture.log().metadata().unwrap().len();
    assert!(size <= LIMIT, "{size} bytes are left");
}
