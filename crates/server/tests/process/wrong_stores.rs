//! Stores that cannot be used.

use std::os::unix::fs::PermissionsExt;

use crate::harness::{Demo, Finished, Folder, Program, QUICKLY, finish, free_address, refuses};

/// Starts a server on a free port; afterwards no process listens there.
#[track_caller]
fn start(folder: &Folder, args: &[&str]) -> Finished {
    let (http, sandbox) = (free_address(), free_address());
    let (listen, sandbox_listen) = (format!("http.listen={http}"), format!("sandbox.listen={sandbox}"));
    let ports = ["serve", "--set", &listen, "--set", &sandbox_listen];
    let finished = folder.run(&[&ports, args].concat());
    assert!(refuses(http) && refuses(sandbox));
    finished
}

/// What a server needs that is not a demo. No program listens where its cloud should be.
const REAL: [&str; 8] = [
    "--set",
    "im.app_key=key",
    "--set",
    "im.app_secret=open-sesame",
    "--set",
    "im.base_url=http://127.0.0.1:9",
    "--set",
    "im.backup_url=",
];

#[test]
fn a_data_folder_that_is_a_file_is_named() {
    let folder = Folder::new();
    folder.write("data", "not a folder");
    start(&folder, &["--demo"]).assert_trouble(&["sqlite://data/demo.db", "folder"]);
    start(&folder, &REAL).assert_trouble(&["sqlite://data/hongbao.db", "folder"]);
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = Folder::new();
    folder.write("file", "not a folder");
    let url = "database.url=sqlite://file/below/store.db";
    start(&folder, &["--demo", "--set", url]).assert_trouble(&["sqlite://file/below/store.db", "folder"]);
}

#[test]
fn a_file_that_is_no_database_is_named_and_left_as_it_is() {
    let folder = Folder::new();
    let page = "this is a letter to my aunt, and not a database\n".repeat(100);
    for garbage in ["short", page.as_str()] {
        folder.write("letter.txt", garbage);
        let url = ["--demo", "--set", "database.url=sqlite://letter.txt"];

        start(&folder, &url).assert_trouble(&["sqlite://letter.txt", "not a database"]);
        folder.run(&[&["admin", "audit"], &url[1..]].concat()).assert_trouble(&["sqlite://letter.txt"]);

        assert_eq!(std::fs::read_to_string(folder.path("letter.txt")).unwrap(), garbage);
    }
}

#[test]
fn a_folder_in_the_place_of_the_database_is_named() {
    let folder = Folder::new();
    start(&folder, &["--demo", "--set", "database.url=sqlite://."]).assert_trouble(&["sqlite://."]);
}

#[test]
fn a_second_server_on_one_file_is_refused_and_an_administrator_is_not() {
    let folder = Folder::new();
    let first = folder.demo(&[]);

    start(&folder, &["--demo"]).assert_trouble(&["sqlite://data/demo.db", "another server"]);

    folder.assert_balance("alice", "CNY", "1000", "0");
    // The first serves on.
    first.publish();
    first.stop();
    folder.demo(&[]).stop();
}

/// As when a backup is put in the place of a store that was killed, and the log beside it is forgotten.
#[test]
fn a_log_that_is_not_that_of_the_file_is_named_and_nothing_is_folded_in() {
    let folder = Folder::new();
    folder.demo(&[]).stop();
    std::fs::copy(folder.path("data/demo.db"), folder.path("backup.db")).unwrap();
    let demo = folder.demo(&[]);
    for _ in 0..100 {
        demo.publish();
    }
    demo.stop();
    let demo = folder.demo(&[]);
    demo.publish();
    demo.program.kill();
    std::fs::copy(folder.path("backup.db"), folder.path("data/demo.db")).unwrap();
    let url = ["--set", "database.url=sqlite://data/demo.db"];

    start(&folder, &["--demo"]).assert_trouble(&["data/demo.db-wal", "backup"]);
    folder.run(&[&["migrate"], &url[..]].concat()).assert_trouble(&["data/demo.db-wal", "backup"]);

    let same = std::fs::read(folder.path("backup.db")).unwrap() == std::fs::read(folder.path("data/demo.db")).unwrap();
    assert!(same, "the file is as it was restored");
    for left in ["data/demo.db-wal", "data/demo.db-shm"] {
        std::fs::remove_file(folder.path(left)).unwrap();
    }
    folder.demo(&[]).stop();
    folder.assert_balance("alice", "CNY", "1000", "0");
}

/// Runs a server to which the modes of files count, also where the tests run as root.
fn start_without_privileges(folder: &Folder) -> Finished {
    let demo = Demo::command(folder, &[]);
    let mut command = folder.command("setpriv");
    command.args(["--bounding-set=-all", "--inh-caps=-all"]).arg(demo.get_program()).args(demo.get_args());
    finish(&mut command)
}

#[test]
fn a_folder_or_file_that_may_not_be_written_is_named_with_its_owner_and_the_user() {
    let allow = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let folder = Folder::new();
    allow(&folder.path("."), 0o555);
    start_without_privileges(&folder).assert_trouble(&["runs as the user", "may not write", "with mode 555"]);

    allow(&folder.path("."), 0o755);
    folder.demo(&[]).stop();
    allow(&folder.path("data/demo.db"), 0o444);
    start_without_privileges(&folder).assert_trouble(&["data/demo.db", "runs as the user", "with mode 444"]);

    allow(&folder.path("data"), 0o555);
    start_without_privileges(&folder).assert_trouble(&["data", "runs as the user", "with mode 555"]);
    allow(&folder.path("data"), 0o755);
}

#[test]
fn a_url_that_names_no_store_is_refused() {
    let folder = Folder::new();
    for url in [
        "mysql://localhost/hongbao",
        "data/demo.db",
        "sqlite://",
        "sqlite::memory:",
        "sqlite://:memory:",
        "sqlite://a?mode=memory",
        "",
    ] {
        let setting = format!("database.url={url}");
        start(&folder, &["--demo", "--set", &setting]).assert_trouble(&["database.url", "sqlite://"]);
        folder.run(&["admin", "audit", "--set", &setting]).assert_trouble(&["database.url", "sqlite://"]);
    }
    assert!(folder.files(".").is_empty(), "{:?}", folder.files("."));
}

#[test]
fn a_store_of_the_demo_is_not_used_for_real() {
    let folder = Folder::new();
    folder.demo(&[]).stop();
    let url = ["--set", "database.url=sqlite://data/demo.db"];

    let refused = start(&folder, &[&REAL[..], &url].concat());

    refused.assert_trouble(&["sqlite://data/demo.db", "demo", "database.url"]);
    assert!(!refused.stderr.contains("sesame"), "{}", refused.stderr);
    folder.assert_balance("alice", "CNY", "1000", "0");
    folder.demo(&[]).stop();
}

#[test]
fn a_store_of_real_money_gets_no_demo_money() {
    let folder = Folder::new();
    let mut command = folder.hongbao(&["serve", "--set", "http.listen=127.0.0.1:0"]);
    let mut real = Program::start(command.args(REAL));
    real.wait_for("the first line of the log", QUICKLY, |real| real.stderr().contains("listening").then_some(()));
    real.signal("TERM");
    assert_eq!(real.ended(QUICKLY).0.code(), Some(0));
    let url = ["--set", "database.url=sqlite://data/hongbao.db"];

    start(&folder, &[&["--demo"], &url[..]].concat()).assert_trouble(&["sqlite://data/hongbao.db", "database.url"]);

    let balance = folder.run(&["admin", "balance", "alice"]);
    assert_eq!((balance.code, balance.stderr.as_str()), (Some(1), "hongbao: there is no user alice\n"));
}
