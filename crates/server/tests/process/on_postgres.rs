//! The command line on PostgreSQL, as an operator has it who has just set `database.url`.

use hongbao_testbed::{Cluster, Options};
use serde_json::{Value, json};

use crate::harness::{Database, Demo, Finished, Folder, Program, QUICKLY, REAL, assert_said, free_address};

#[test]
fn an_administrator_can_do_on_postgres_what_can_be_done_on_sqlite() {
    let (folder, database) = (Folder::new(), Database::new("office"));
    let admin = |args: &[&str]| database.run(&folder, &[&["admin"], args].concat());

    assert_said(&admin(&["coin", "add", "CNY", "--scale", "2", "--min", "0.01", "--max", "200"]), 0, &["scale 2"]);
    assert_said(&admin(&["coin", "list"]), 0, &["CNY"]);
    assert_said(&admin(&["user", "add", "alice"]), 0, &["alice is added"]);
    assert_said(&admin(&["user", "add", "bob"]), 0, &["bob is added"]);
    assert_said(&admin(&["user", "set", "alice", "--block", "bob"]), 0, &[]);
    assert_said(&admin(&["user", "show", "alice"]), 0, &["alice"]);
    assert_said(&admin(&["session", "issue", "alice"]), 0, &["its key"]);
    assert_said(&admin(&["session", "list", "alice"]), 0, &[]);
    assert_said(&admin(&["session", "revoke", "--all-of", "alice"]), 0, &["sessions ended: 1"]);
    assert_said(&admin(&["user", "disable", "bob"]), 0, &["bob"]);
    assert_said(&admin(&["user", "enable", "bob"]), 0, &["bob"]);
    let deposit = ["deposit", "alice", "CNY", "100", "--reference", "first"];
    assert_said(&admin(&deposit), 0, &["100 CNY deposited to alice"]);
    assert_said(&admin(&deposit), 0, &["done before"]);
    assert_said(&admin(&["withdraw", "alice", "CNY", "40", "--reference", "second"]), 0, &["40 CNY"]);
    assert_said(&admin(&["withdraw", "alice", "CNY", "61", "--reference", "third"]), 1, &["hongbao: "]);
    assert_said(&admin(&["balance", "alice"]), 0, &["60"]);
    assert_said(&admin(&["packet", "show", "0352O0j8700mTvRyII4uoi"]), 1, &["hongbao: "]);
    assert_said(&admin(&["session", "issue", "nobody"]), 1, &["there is no user nobody"]);
    assert_said(&admin(&["audit"]), 0, &["the money holds", "balances 60"]);
}

#[test]
fn a_schema_is_made_by_migrate_and_a_server_that_may_not_says_so() {
    let (folder, database) = (Folder::new(), Database::new("migrate"));
    let listen = format!("http.listen={}", free_address());
    let checking = [&["serve", "--set", &listen, "--set", "database.migrate=false"][..], &REAL].concat();

    database.run(&folder, &checking).assert_trouble(&["0001_people", "run `hongbao migrate`"]);
    database.run(&folder, &["admin", "audit"]).assert_trouble(&["0001_people", "run `hongbao migrate`"]);
    let made = database.run(&folder, &["migrate", "--json", "--set", "database.migrate=false"]);
    let again = database.run(&folder, &["migrate"]);

    assert_eq!((made.code, made.stderr.as_str()), (Some(0), ""));
    let report: Value = serde_json::from_str(&made.stdout).unwrap();
    let applied = report["applied"].as_array().unwrap();
    let migrations =
        std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/postgres")).unwrap().count();
    assert_eq!((applied[0].as_str(), applied.len()), (Some("0001_people"), migrations), "{report}");
    assert_said(&again, 0, &["up to date", "nothing was applied"]);
    assert_eq!(database.psql("SELECT count(*) FROM _sqlx_migrations"), migrations.to_string());
    assert_said(&database.run(&folder, &["admin", "audit"]), 0, &["the money holds"]);
    let mut command = folder.hongbao(&checking);
    let mut server = Program::start(command.args(["--set", &database.setting]));
    server.wait_for("a server", 2 * QUICKLY, |server| server.stderr().contains("listening on").then_some(()));
    server.signal("INT");
    let (status, _, log) = server.ended(QUICKLY);
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(log.contains("stopped"), "{log}");
}

#[test]
fn a_schema_is_made_by_migrate_in_a_file_as_well() {
    let folder = Folder::new();

    let made = folder.run(&["migrate", "--json"]);
    let again = folder.run(&["migrate", "--json"]);

    let report = |finished: &Finished| serde_json::from_str::<Value>(&finished.stdout).unwrap();
    assert_eq!((made.code, again.code), (Some(0), Some(0)), "{made:?} {again:?}");
    assert_eq!(report(&made)["applied"][0], "0001_people", "{made:?}");
    assert_eq!(report(&again), json!({ "store": "sqlite://data/hongbao.db", "applied": [] }));
    assert_said(&folder.run(&["admin", "audit"]), 0, &["the money holds"]);
}

#[test]
fn a_demo_runs_on_postgres_and_its_database_is_no_real_one() {
    let (folder, database) = (Folder::new(), Database::new("demo"));
    for life in 1..=2 {
        let demo = Demo::start(&folder, &[&database.setting]);
        let packet = demo.publish();
        assert_eq!(demo.accept(&packet).verdict(), (0, ""), "life {life}");
        demo.stop();
    }

    let balance = database.run(&folder, &["admin", "balance", "bob", "--demo"]);
    assert_said(&balance, 0, &["1017.76"]);
    let listen = format!("http.listen={}", free_address());
    let real = database.run(&folder, &[&["serve", "--set", &listen][..], &REAL].concat());
    real.assert_trouble(&["is the store of a demo", "database.url"]);
    database.run(&folder, &["admin", "user", "add", "zoe"]).assert_trouble(&["is the store of a demo"]);
}

#[test]
fn a_database_of_real_money_gets_no_demo_money() {
    let (folder, database) = (Folder::new(), Database::new("real"));
    assert_said(&database.run(&folder, &["admin", "user", "add", "zoe"]), 0, &["zoe is added"]);

    let (http, sandbox) = (free_address(), free_address());
    let (listen, cloud) = (format!("http.listen={http}"), format!("sandbox.listen={sandbox}"));
    let demo = database.run(&folder, &["serve", "--demo", "--set", &listen, "--set", &cloud]);

    demo.assert_trouble(&["is the store of a real deployment"]);
    database.run(&folder, &["admin", "user", "add", "eve", "--demo"]).assert_trouble(&["--demo never changes"]);
    assert_eq!(database.psql("SELECT string_agg(id, ',') FROM users"), "zoe");
}

#[test]
fn a_database_that_cannot_be_used_is_named_without_its_password() {
    let folder = Folder::new();
    let cluster = Cluster::open(Options { password: Some("s3same".to_owned()), ..Options::default() }).unwrap();
    let (right, nowhere) = (cluster.url("postgres"), free_address());
    let wrong = [
        (right.replace("s3same", "0pen"), "password authentication failed"),
        (right.replace("s3same@127.0.0.1", "s3same@no-such-host.invalid"), "lookup"),
        (right.replace(&cluster.address().to_string(), &nowhere.to_string()), "refused"),
        (cluster.url("no_such_database"), "does not exist"),
    ];
    for (url, word) in wrong {
        let setting = format!("database.url={url}");
        for command in [&[&["serve"][..], &REAL].concat()[..], &["admin", "audit"], &["migrate"]] {
            let listen = format!("http.listen={}", free_address());
            let refused = folder.run(&[command, &["--set", &listen, "--set", &setting]].concat());
            refused.assert_trouble(&["database.url", "postgres:***@", word]);
            assert!(!refused.stderr.contains("s3same") && !refused.stderr.contains("0pen"), "{refused:?}");
        }
    }
    let config = folder.run(&["config", "--set", &format!("database.url={right}")]);
    assert_said(&config, 0, &["postgres:***@127.0.0.1"]);
    assert!(!config.stdout.contains("s3same"), "{}", config.stdout);
}
