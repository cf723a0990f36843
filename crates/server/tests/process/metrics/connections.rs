//! Connections to the store, those in use among them.

use std::thread;

use sqlx::{Connection, Executor, SqliteConnection};
use tokio::runtime::Runtime;

use super::Scrape;
use crate::harness::{Database, Demo, Folder, QUICKLY, until};

/// Idle ones, used ones and the most of a pool.
fn pool(scrape: &Scrape, name: &str) -> [u64; 3] {
    let of = |state| format!("hongbao_pool_connections{{pool=\"{name}\",state=\"{state}\"}}");
    let most = format!("hongbao_pool_connections_max{{pool=\"{name}\"}}");
    [of("idle"), of("used"), most].map(|series| scrape.count(&series).unwrap_or_else(|| panic!("{series} is there")))
}

fn waits(demo: &Demo) -> Option<u64> {
    Scrape::of(demo).count("hongbao_pool_wait_seconds_count")
}

#[test]
fn the_one_writer_of_a_file_is_in_use_while_another_process_writes() {
    let (folder, runtime) = (Folder::new(), Runtime::new().expect("there is a runtime"));
    let demo = folder.demo(&[]);
    demo.publish();
    let all = ["writer", "lookups", "reads", "background", "probe"];
    let most = all.map(|name| pool(&Scrape::of(&demo), name)[2]);
    assert_eq!([most[0], most[1], most[3], most[4]], [1; 4]);
    assert!(most[2] > 1, "{most:?}");
    let writer = || pool(&Scrape::of(&demo), "writer");
    until(QUICKLY, "an idle writer", || (writer() == [1, 0, 1]).then_some(()));
    let before = waits(&demo);
    let url = format!("sqlite://{}", folder.path("data/demo.db").display());
    let other = runtime.block_on(async {
        let mut other = SqliteConnection::connect(&url).await?;
        other.execute("BEGIN IMMEDIATE").await.map(|_| other)
    });

    let sending = demo.publish_in_background();

    until(QUICKLY, "a writer in use", || (writer() == [0, 1, 1]).then_some(()));
    drop(other.expect("no other writer is at work"));
    let answer = sending.outcome().expect("it is answered");
    assert_eq!(answer.verdict(), (0, ""), "{answer:?}");
    until(QUICKLY, "an idle writer again", || (writer() == [1, 0, 1]).then_some(()));
    assert!(waits(&demo) > before && before > Some(0), "{before:?}");
    demo.stop();
}

#[test]
fn connections_to_postgresql_are_divided_as_its_page_says_and_used_while_a_batch_waits() {
    let (folder, database) = (Folder::new(), Database::new("pools"));
    let demo = Demo::start(&folder, &[&database.setting]);
    demo.publish();
    let scrape = Scrape::of(&demo);
    let most = ["batches", "reads", "background", "probe"].map(|name| pool(&scrape, name)[2]);
    assert_eq!(most, [3, 11, 2, 1]);
    let used = || pool(&Scrape::of(&demo), "batches")[1];
    until(QUICKLY, "idle connections", || (used() == 0).then_some(()));
    let before = waits(&demo);

    thread::scope(|scope| {
        let other = scope.spawn(|| {
            let lock = "BEGIN; LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(20)";
            database.server.psql(&database.name, lock)
        });
        let lock = "FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted AND relation = 'accounts'::regclass \
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        until(QUICKLY, "the lock", || (database.psql(&format!("SELECT count(*) {lock}")) == "1").then_some(()));
        let sending = demo.publish_in_background();
        until(QUICKLY, "a connection in use", || (used() >= 1).then_some(()));
        database.psql(&format!("SELECT pg_terminate_backend(pid) {lock}"));
        assert!(other.join().expect("the thread ends").is_err(), "its connection was ended");
        let answer = sending.outcome().expect("it is answered");
        assert_eq!(answer.verdict(), (0, ""), "{answer:?}");
    });
    until(QUICKLY, "idle connections again", || (used() == 0).then_some(()));
    assert!(waits(&demo) > before && before > Some(0), "{before:?}");
    demo.stop();
}
