//! A deployment moves to another store.

use hongbao_testbed::{Database, Proxy, Server};
use serde_json::Value;
use sqlx::{Connection, Executor, SqliteConnection};
use tokio::runtime::Runtime;

use crate::harness::{Finished, Folder, Program, QUICKLY, get, until};

const DEMO: &str = "sqlite://data/demo.db";

/// A database with nothing at all in it.
fn database(runtime: &Runtime) -> Database {
    runtime
        .block_on(hongbao_testbed::fresh_database("transfer_nothing", async |_| ()))
        .expect("the test gets a database")
}

/// Gives its URL with a password, which the server does not ask for and no command may print.
fn with_password(database: &Database) -> String {
    let url = database.url();
    let (user, host) = url.rsplit_once('@').expect("the URL names a user");
    format!("{user}:open-sesame@{host}")
}

#[test]
fn a_demo_moves_to_postgresql_and_goes_on_there() {
    let (folder, runtime) = (Folder::new(), Runtime::new().unwrap());
    let database = database(&runtime);
    let url = with_password(&database);
    let demo = folder.demo(&[]);
    let packet = demo.publish();
    demo.stop();
    let before = std::fs::read(folder.path("data/demo.db")).unwrap();

    let moved = folder.run(&["transfer-store", "--from", DEMO, "--to", &url, "--json"]);

    assert_eq!((moved.code, moved.stderr.as_str()), (Some(0), ""), "{moved:?}");
    let report: Value = serde_json::from_str(&moved.stdout).unwrap();
    assert_eq!((&report["from"], &report["audit"]["holds"]), (&Value::from(DEMO), &Value::Bool(true)), "{report}");
    assert_eq!((&report["tables"]["users"], &report["tables"]["packets"]), (&Value::from(4), &Value::from(1)));
    assert!(!moved.stdout.contains("sesame"), "{moved:?}");
    assert!(std::fs::read(folder.path("data/demo.db")).unwrap() == before, "the source is not changed");

    let there = format!("database.url={url}");
    let demo = folder.demo(&[&there]);
    let answer = demo.accept(&packet);
    assert_eq!(answer.verdict(), (0, ""), "{answer:?}");
    let used = folder.run(&["transfer-store", "--from", &url, "--to", "sqlite://back.db"]);
    used.assert_trouble(&["postgres://", "in use", "stop every server"]);
    assert!(!used.stderr.contains("sesame"), "{used:?}");
    demo.stop();
    let full = folder.run(&["transfer-store", "--from", DEMO, "--to", &url]);
    full.assert_trouble(&["is not empty: there are users in it"]);
    assert!(!full.stderr.contains("sesame"), "{full:?}");

    let back = from_postgresql(&folder, &url, "sqlite://back.db");
    assert_eq!(back.code, Some(0), "{back:?}");
    assert!(back.stdout.contains("the money holds: ") && back.stdout.ends_with("the audits are equal\n"), "{back:?}");
    assert!(back.stderr.contains("users: 4 rows"), "{back:?}");
    assert!(!format!("{back:?}").contains("sesame"), "{back:?}");
    let balance = ["admin", "balance", "bob", "--demo", "--set", "database.url=sqlite://back.db"];
    assert!(folder.run(&balance).stdout.contains("1008.88"));
}

/// Moves a database into a file. For servers that are away just now is waited.
fn from_postgresql(folder: &Folder, url: &str, file: &str) -> Finished {
    let moving = Program::start(&mut folder.hongbao(&["transfer-store", "--from", url, "--to", file]));
    let (status, stdout, stderr) = moving.ended(4 * QUICKLY);
    Finished { code: status.code(), stdout, stderr }
}

#[test]
fn a_server_that_had_lost_its_connections_is_noticed_when_it_comes_back() {
    let (folder, runtime) = (Folder::new(), Runtime::new().unwrap());
    let database = database(&runtime);
    let proxy = Proxy::open(Server::shared().unwrap().address().unwrap()).unwrap();
    let there = format!("database.url={}", proxy.url(&database.url()));
    // As rarely as it may be, the server looks for what is overdue.
    let demo = folder.demo(&[&there, "red_packet.clean_up_interval=3s", "group.reconcile_interval=3s"]);
    proxy.refuse();
    proxy.cut_all();
    let sessions = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'hongbao'";
    until(QUICKLY, "a server without a session", || (database.psql(sessions).unwrap() == "0").then_some(()));
    let arguments = ["transfer-store", "--from", &database.url(), "--to", "sqlite://moved.db"];
    let mut moving = Program::start(&mut folder.hongbao(&arguments));
    moving.wait_for("the first rows", QUICKLY, |moving| moving.stderr().contains(" rows").then_some(()));

    proxy.admit();

    let (status, stdout, stderr) = moving.ended(4 * QUICKLY);
    assert_eq!((status.code(), stdout.as_str()), (Some(2), ""), "{stderr}");
    assert!(stderr.contains(" is in use: stop every server on it"), "{stderr}");
    assert!(stderr.ends_with("; nothing is kept in sqlite://moved.db\n"), "{stderr}");
    until(2 * QUICKLY, "a server that serves on", || {
        (get(demo.http, "/readyz").ok()?.http_status == 200).then_some(())
    });
    demo.publish();
    demo.stop();
    let moved = from_postgresql(&folder, &database.url(), "sqlite://moved.db");
    assert!(moved.code == Some(0) && moved.stdout.ends_with("the audits are equal\n"), "{moved:?}");
}

#[test]
fn a_running_server_keeps_its_file() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let arguments = ["transfer-store", "--from", DEMO, "--to", "sqlite://moved.db"];

    folder.run(&arguments).assert_trouble(&[DEMO, "in use", "stop every server"]);

    assert!(!folder.path("moved.db").exists());
    demo.publish();
    demo.stop();
    let moved = folder.run(&arguments);
    assert_eq!(moved.code, Some(0), "{moved:?}");
}

#[test]
fn what_is_unfinished_is_named() {
    let folder = Folder::new();
    let demo = folder.demo(&["http.shutdown_grace=100ms"]);
    demo.arm_timeout("before");
    let hanging = demo.publish_in_background();
    demo.wait_until_it_hangs();
    demo.program.kill();
    drop(hanging.outcome());

    let refused = folder.run(&["transfer-store", "--from", DEMO, "--to", "sqlite://moved.db"]);

    refused.assert_trouble(&[DEMO, "1 packets being sent", "start the server", "stop it"]);
}

#[test]
fn whoever_interrupts_finds_an_empty_target() {
    let (folder, runtime) = (Folder::new(), Runtime::new().unwrap());
    let database = database(&runtime);
    folder.demo(&[]).stop();
    let many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
        INSERT INTO sessions (key_sha256, user_id, created_at, expires_at) SELECT randomblob(32), 'alice', i, i FROM n";
    runtime.block_on(async {
        let file = format!("sqlite://{}", folder.path("data/demo.db").display());
        let mut connection = SqliteConnection::connect(&file).await.unwrap();
        connection.execute(many).await.unwrap();
        connection.close().await.unwrap();
    });
    let arguments = ["transfer-store", "--from", DEMO, "--to", &database.url()];
    let mut moving = Program::start(&mut folder.hongbao(&arguments));
    moving.wait_for("the first sessions", QUICKLY, |moving| moving.stderr().contains("sessions: ").then_some(()));

    moving.signal("INT");

    let (status, stdout, stderr) = moving.ended(QUICKLY);
    assert_eq!((status.code(), stdout.as_str()), (Some(2), ""), "{stderr}");
    assert!(stderr.contains("\nhongbao: interrupted: nothing is kept in postgres://"), "{stderr}");
    assert_eq!(database.psql("SELECT count(*) FROM users").unwrap(), "0");
}

#[test]
fn an_address_that_names_no_store_is_refused_and_not_repeated() {
    let folder = Folder::new();
    for url in ["hunter2", "mysql://u:hunter2@host/db", "sqlite://:memory:?hunter2"] {
        let refused = folder.run(&["transfer-store", "--from", DEMO, "--to", url]);
        refused.assert_trouble(&["--to", "it must be like sqlite://"]);
        assert!(!refused.stderr.contains("hunter2"), "{refused:?}");
    }
    folder.run(&["transfer-store", "--from", DEMO, "--to", "sqlite://moved.db"]).assert_trouble(&[DEMO]);
    assert!(folder.files(".").is_empty());
}
