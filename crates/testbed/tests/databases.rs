//! Each test has a database for itself, however many ask at once.

use std::{
    env,
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use hongbao_testbed::{Cluster, Options, Server, VARIABLE, fresh_database};

/// Set for a process that this test starts: the template that it shall ask for.
const TEMPLATE: &str = "TESTBED_TEMPLATE";

/// Makes a table that cannot be made twice.
async fn prepare(url: String) {
    let (_, name) = url.rsplit_once('/').expect("a URL names its database");
    let server = Server::shared().expect("the test has a server");
    let table = "CREATE TABLE made (at timestamptz DEFAULT clock_timestamp())";
    server.psql(name, &format!("{table}; INSERT INTO made DEFAULT VALUES")).expect("the database is empty");
}

#[tokio::test]
async fn each_database_is_a_copy_of_its_own() {
    let first = fresh_database("copies", prepare).await.unwrap();
    first.psql("DELETE FROM made").unwrap();
    let second = fresh_database("copies", |_| async { panic!("the template is there") }).await.unwrap();

    assert_ne!(first.url(), second.url());
    assert_eq!(second.psql("SELECT count(*) FROM made").unwrap(), "1");
}

#[tokio::test]
async fn a_template_that_was_not_finished_is_made_anew() {
    let asked = AtomicU32::new(0);
    let failed = tokio::spawn(fresh_database("unfinished", async |url: String| {
        prepare(url).await;
        panic!("on purpose");
    }));
    assert!(failed.await.unwrap_err().is_panic());

    let database = fresh_database("unfinished", async |url: String| {
        asked.fetch_add(1, Ordering::Relaxed);
        prepare(url).await;
    });

    assert_eq!(database.await.unwrap().psql("SELECT count(*) FROM made").unwrap(), "1");
    assert_eq!(asked.into_inner(), 1);
}

#[tokio::test]
async fn a_template_is_named_by_plain_characters() {
    for name in ["Capital", "quote\"", "a-b", &"x".repeat(38)] {
        assert!(fresh_database(name, prepare).await.is_err(), "{name}");
    }
}

/// The other process of the next test; without its variable it has nothing to do.
#[tokio::test]
async fn another_process_asks() {
    let Ok(template) = env::var(TEMPLATE) else { return };
    let database = fresh_database(&template, prepare).await.unwrap();
    eprintln!("\nmade {} {}", database.name(), database.psql("SELECT at FROM made").unwrap());
}

#[test]
fn processes_that_ask_at_once_get_copies_of_one_template() {
    let cluster = Cluster::open(Options::default()).unwrap();
    let ask = || {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", "another_process_asks", "--nocapture"]).env(TEMPLATE, "race");
        command.env(VARIABLE, cluster.url("postgres")).output().unwrap()
    };

    let outputs = std::thread::scope(|scope| {
        let askers: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
        askers.into_iter().map(|asker| asker.join().unwrap()).collect::<Vec<_>>()
    });

    let mut made: Vec<_> = outputs
        .iter()
        .map(|output| {
            let text = String::from_utf8_lossy(&output.stderr);
            let line = text.lines().find_map(|line| line.strip_prefix("made ")).unwrap_or_else(|| panic!("{output:?}"));
            let (name, at) = line.split_once(' ').unwrap();
            (name.to_owned(), at.to_owned())
        })
        .collect();
    assert!(made.iter().all(|(_, at)| *at == made[0].1), "{made:?}");
    made.sort();
    made.dedup();
    assert_eq!(made.len(), 4, "{made:?}");
    let left = cluster.psql("postgres", "SELECT datname FROM pg_database WHERE datname LIKE 'race%'").unwrap();
    assert_eq!(left, "race", "on a server that outlives the tests, they leave only the template");
}
