//! Databases that cannot be used, and addresses that cannot be read.

use hongbao_testbed::{PgBouncer, Server};

use crate::harness::{Database, Finished, Folder, REAL, finish, free_address};

/// Each of them holds the password `topsecret`, and says no more than that.
const UNREADABLE: [&str; 6] = [
    "hb:topsecret@h/hb",
    "mysql://hb:topsecret@h/hb",
    "postgres://hb:p#topsecret@h/hb",
    "postgres://hb@h/hb?sslpassword=topsecret",
    "postgres://hb@h/hb?topsecret=topsecret",
    "host=h user=hb password='topsecret",
];

#[track_caller]
fn assert_kept_secret(finished: &Finished, code: i32) {
    assert_eq!(finished.code, Some(code), "{finished:?}");
    let said = format!("{}{}", finished.stdout, finished.stderr);
    assert!(!said.contains("topsecret"), "{said}");
}

#[test]
fn an_address_that_cannot_be_read_is_not_repeated() {
    let folder = Folder::new();
    for address in UNREADABLE {
        let url = format!("database.url={address}");
        let url = ["--set", &url];
        let from_environment = |args: &[&str]| finish(folder.hongbao(args).env("HONGBAO__DATABASE__URL", address));
        assert_kept_secret(&from_environment(&["migrate"]), 2);
        assert_kept_secret(&folder.run(&[&["serve"], &url[..], &REAL].concat()), 2);
        assert_kept_secret(&folder.run(&[&["admin", "audit"], &url[..]].concat()), 2);
        let other = format!("database.migration_url={address}");
        let other = ["migrate", "--set", &other, "--set", "database.url=postgres://hb@127.0.0.1:1/hb"];
        assert_kept_secret(&folder.run(&other), 2);
        assert_kept_secret(&folder.run(&["transfer-store", "--from", address, "--to", "sqlite://x.db"]), 2);
        assert_kept_secret(&folder.run(&["transfer-store", "--from", "sqlite://x.db", "--to", address]), 2);
    }
}

#[test]
fn an_address_in_the_wrong_place_is_not_repeated() {
    let folder = Folder::new();
    let address = "postgres://hb:topsecret@h/hb";
    assert_kept_secret(&folder.run(&["migrate", address]), 2);
    assert_kept_secret(&folder.run(&["migrate", "--set", address]), 2);
    assert_kept_secret(&folder.run(&["migrate", "--set", "database.url", address]), 2);
    for key in ["HONGBAO__DATABASE", "HONGBAO__DATABASE__CONNECTIONS", "HONGBAO__DATABASE__POOLER"] {
        assert_kept_secret(&finish(folder.hongbao(&["config"]).env(key, address)), 2);
    }
}

#[test]
fn a_pooler_that_swallows_options_gives_itself_away() {
    let (folder, database) = (Folder::new(), Database::new("swallowed"));
    let pooler = PgBouncer::swallowing_options(&database.server).unwrap();
    let (url, listen) =
        (format!("database.url={}", pooler.url(&database.name)), format!("http.listen={}", free_address()));

    let started = folder.run(&[&["serve", "--set", &url, "--set", &listen][..], &REAL].concat());
    let migrated = folder.run(&["migrate", "--set", &url]);

    for refused in [started, migrated] {
        refused.assert_trouble(&["database.url", "a pooler stands before it", "set database.pooler to transaction"]);
    }
    assert_eq!(database.tables(), "0");
}

#[test]
fn a_database_of_another_encoding_is_named() {
    let (folder, server) = (Folder::new(), Server::shared().unwrap());
    let name = format!("ascii_{}", std::process::id());
    let make = format!("CREATE DATABASE {name} ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    server.psql("postgres", &make).unwrap();
    let (url, listen) = (format!("database.url={}", server.url(&name)), format!("http.listen={}", free_address()));

    let started = folder.run(&[&["serve", "--set", &url, "--set", &listen][..], &REAL].concat());
    let migrated = folder.run(&["migrate", "--set", &url]);

    server.psql("postgres", &format!("DROP DATABASE {name} WITH (FORCE)")).unwrap();
    for refused in [started, migrated] {
        refused.assert_trouble(&["database.url", "the database's encoding is SQL_ASCII and must be UTF8"]);
    }
}
