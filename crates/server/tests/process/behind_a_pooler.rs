//! The real program behind PgBouncer, where each transaction may have another session.
#![expect(clippy::unwrap_used, reason = "a pooler that cannot be started fails the test that wants it")]

use hongbao_testbed::PgBouncer;
use serde_json::Value;

use crate::harness::{Database, Demo, Finished, Folder, QUICKLY, REAL, assert_said, free_address};

const NO_WAY: [&str; 2] = ["migrations cannot go through a pooler in transaction mode", "database.migration_url"];

/// A database, a pooler in front of it, and what is set for both.
struct Pooled {
    folder: Folder,
    database: Database,
    pooler: PgBouncer,
    settings: [String; 2],
    direct: String,
}

impl Pooled {
    fn new(test: &str) -> Self {
        let database = Database::new(test);
        let pooler = PgBouncer::open(&database.server, true).unwrap();
        let url = pooler.url(&database.name);
        let settings = [format!("database.url={url}"), "database.pooler=transaction".to_owned()];
        let direct = format!("database.migration_url={}", database.url());
        Self { folder: Folder::new(), database, pooler, settings, direct }
    }

    /// Runs a command that is told of the pooler, and of whatever else is set.
    fn run(&self, command: &[&str], settings: &[&str]) -> Finished {
        let settings = self.settings.iter().map(String::as_str).chain(settings.iter().copied());
        self.folder.run(&[command, &settings.flat_map(|setting| ["--set", setting]).collect::<Vec<_>>()].concat())
    }

    fn serve(&self, settings: &[&str]) -> Finished {
        let listen = format!("http.listen={}", free_address());
        self.run(&[&["serve", "--set", &listen][..], &REAL].concat(), settings)
    }

    fn demo(&self, settings: &[&str]) -> Demo {
        self.folder.demo(&[&self.settings.each_ref().map(String::as_str)[..], settings].concat())
    }
}

#[test]
fn a_server_lives_its_life_behind_a_pooler() {
    let pooled = Pooled::new("pooled");
    for life in 1..=2 {
        let demo = pooled.demo(&[&pooled.direct]);
        let packet = demo.publish();
        assert_eq!(demo.accept(&packet).verdict(), (0, ""), "life {life}");
        assert_said(&pooled.run(&["admin", "audit", "--demo"], &[]), 0, &["the money holds", "CNY: balances 2000"]);
        let health = pooled.folder.run(&["health", "--url", &format!("http://{}", demo.http)]);
        assert_said(&health, 0, &["ready: schema ok, serving ok, store ok"]);

        demo.program.signal("TERM");
        let (status, _, log) = demo.program.ended(QUICKLY);
        assert_eq!(status.code(), Some(0), "{log}");
        assert!(log.contains("stopped") && !log.contains("WARN") && !log.contains("ERROR"), "{log}");
    }
    assert_said(&pooled.run(&["admin", "balance", "bob", "--demo"], &[]), 0, &["1017.76"]);
    let log = pooled.pooler.log().unwrap();
    assert!(log.contains(&format!("db={}", pooled.database.name)), "it went that way: {log}");
}

#[test]
fn nothing_is_made_through_a_pooler() {
    let pooled = Pooled::new("unmade");

    pooled.serve(&[]).assert_trouble(&NO_WAY);
    pooled.run(&["migrate"], &[]).assert_trouble(&NO_WAY);
    pooled.run(&["admin", "user", "add", "alice"], &[]).assert_trouble(&NO_WAY);

    assert_eq!(pooled.database.tables(), "0");
}

#[test]
fn a_server_that_may_not_migrate_says_behind_a_pooler_what_is_missing() {
    let pooled = Pooled::new("checked");
    let checking = "database.migrate=false";

    pooled.serve(&[checking]).assert_trouble(&["0001_people", "run `hongbao migrate`"]);
    let made = pooled.run(&["migrate", "--json"], &[checking, &pooled.direct]);
    let again = pooled.run(&["migrate"], &[&pooled.direct]);

    assert_eq!((made.code, made.stderr.as_str()), (Some(0), ""), "{made:?}");
    let report: Value = serde_json::from_str(&made.stdout).unwrap();
    assert_eq!(report["applied"][0], "0001_people", "{report}");
    assert_said(&again, 0, &["up to date", "nothing was applied"]);
    let demo = pooled.demo(&[checking]);
    demo.publish();
    demo.stop();
}

#[test]
fn a_pooler_that_is_not_there_or_leads_nowhere_is_named() {
    let pooled = Pooled::new("away");
    let nobody = format!("database.url=postgres://postgres:s3same@{}/{}", free_address(), pooled.database.name);
    pooled.serve(&[&pooled.direct, &nobody]).assert_trouble(&["database.url", "postgres:***@", "refused"]);
    let elsewhere = format!("database.url={}", pooled.pooler.url("no_such_database"));
    let lost = pooled.serve(&[&pooled.direct, &elsewhere]);
    lost.assert_trouble(&["database.url", "database \"no_such_database\" does not exist"]);
    assert_eq!(pooled.database.tables(), "0");
}

#[test]
fn a_pooler_of_which_nobody_has_told_gives_itself_away() {
    let pooled = Pooled::new("untold");

    let untold = pooled.serve(&["database.pooler=none"]);
    let misled = format!("database.migration_url={}", pooled.pooler.url(&pooled.database.name));
    let misled = pooled.serve(&[&misled]);

    untold.assert_trouble(&["database.url", "a pooler", "set database.pooler to transaction"]);
    misled.assert_trouble(&["through a pooler", "set database.migration_url to the database itself"]);
    assert_eq!(pooled.database.tables(), "0");
}
