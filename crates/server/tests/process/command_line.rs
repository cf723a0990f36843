//! The command line, as everybody expects one to behave.

use std::{io, process::Stdio};

use crate::harness::{Folder, finish};

#[test]
fn help_and_version_are_printed() {
    let folder = Folder::new();
    for args in [&["--help"][..], &["-h"], &["help"], &["serve", "--help"], &["admin", "audit", "--help"]] {
        let help = folder.run(args);
        assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""), "{args:?}");
        assert!(help.stdout.contains("Usage: hongbao"), "{args:?} prints {}", help.stdout);
    }
    let version = folder.run(&["--version"]);
    assert_eq!(
        (version.code, version.stdout.as_str()),
        (Some(0), concat!("hongbao ", env!("CARGO_PKG_VERSION"), "\n"))
    );
}

#[test]
fn wrong_arguments_are_refused_with_the_usage() {
    let folder = Folder::new();
    let wrong = [
        &[][..],
        &["serv"],
        &["serve", "--dem"],
        &["serve", "extra"],
        &["admin"],
        &["admin", "balance"],
        &["config", "--set"],
        &["sandbox"],
    ];
    for args in wrong {
        let refused = folder.run(args);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(refused.stderr.contains("--help"), "{args:?} says {}", refused.stderr);
    }
}

#[test]
fn only_one_key_of_one_section_can_be_set_at_a_time() {
    let folder = Folder::new();
    for wrong in ["http.listen", "http=here", "http.=here", ".listen=here", "http..listen=here", "a.b.c=d", "=here", ""]
    {
        let refused = folder.run(&["config", "--set", wrong]);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""), "{wrong}");
        assert!(refused.stderr.contains("SECTION.KEY=VALUE"), "{wrong} gives {}", refused.stderr);
    }
}

#[test]
fn a_store_that_is_not_there_is_not_made_by_looking() {
    let folder = Folder::new();
    for args in [&["admin", "audit"][..], &["admin", "balance", "alice"]] {
        folder.run(args).assert_trouble(&["sqlite://data/hongbao.db", "database.url", "--demo"]);
    }
    folder.run(&["admin", "audit", "--demo"]).assert_trouble(&["sqlite://data/demo.db"]);
    assert!(folder.files(".").is_empty());
}

#[test]
fn a_user_without_an_account_has_nothing_and_one_who_does_not_exist_is_refused() {
    let folder = Folder::new();
    folder.demo(&[]).stop();

    let malformed = folder.run(&["admin", "balance", "no body", "--demo"]);
    assert_eq!((malformed.code, malformed.stdout.as_str()), (Some(2), ""));
    assert!(malformed.stderr.contains("no body") && malformed.stderr.contains("illegal character"), "{malformed:?}");
    let dave = folder.run(&["admin", "balance", "dave", "--demo"]);
    assert_eq!((dave.code, dave.stdout.as_str()), (Some(0), "dave has no account\n"));
    let unknown = folder.run(&["admin", "balance", "nobody", "--demo"]);
    assert_eq!((unknown.code, unknown.stdout.as_str()), (Some(1), ""));
    assert_eq!(unknown.stderr, "hongbao: there is no user nobody\n");
}

#[test]
fn a_command_without_the_demos_flag_names_it_where_only_the_demo_is() {
    let folder = Folder::new();
    folder.demo(&[]).stop();
    for args in [
        &["admin", "balance", "alice"][..],
        &["admin", "audit"],
        &["admin", "user", "show", "alice"],
        &["admin", "deposit", "alice", "CNY", "1", "--reference", "r"],
    ] {
        folder.run(args).assert_trouble(&["sqlite://data/hongbao.db", "add --demo"]);
    }
    let elsewhere = folder.run(&["admin", "audit", "--set", "database.url=sqlite://data/other.db"]);
    elsewhere.assert_trouble(&["sqlite://data/other.db"]);
    assert!(!elsewhere.stderr.contains("add --demo"), "{}", elsewhere.stderr);

    let made = folder.run(&["admin", "user", "add", "erin"]);
    assert_eq!((made.code, made.stdout.as_str()), (Some(0), "erin is added\n"));
    assert!(made.stderr.contains("a real store is made") && made.stderr.contains("--demo"), "{}", made.stderr);
    let again = folder.run(&["admin", "user", "add", "erin"]);
    assert_eq!((again.code, again.stderr.as_str()), (Some(0), ""));
}

#[test]
fn help_says_how_settings_are_given_and_offers_them_only_where_they_are_read() {
    let folder = Folder::new();
    let help = folder.run(&["--help"]).stdout;
    for word in ["hongbao.toml", "HONGBAO__SECTION__KEY", "--set SECTION.KEY=VALUE", "hongbao config"] {
        assert!(help.contains(word), "no {word} in {help}");
    }
    for (args, reads_settings) in [
        (&["serve"][..], true),
        (&["config"], true),
        (&["health"], true),
        (&["migrate"], true),
        (&["admin", "user", "show"], true),
        (&["im", "check"], true),
        (&["sandbox"], false),
        (&["transfer-store"], false),
    ] {
        let help = folder.run(&[args, &["--help"]].concat()).stdout;
        assert_eq!(help.contains("--set"), reads_settings, "{args:?}: {help}");
        assert_eq!(help.contains("--config"), reads_settings, "{args:?}: {help}");
    }
    let sandbox = ["sandbox", "--app-key", "key", "--app-secret", "secret"];
    for given in [["--set", "sandbox.listen=127.0.0.1:0"], ["--config", "hongbao.toml"]] {
        let refused = folder.run(&[&sandbox[..], &given].concat());
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""), "{refused:?}");
        assert!(refused.stderr.contains("reads no settings"), "{}", refused.stderr);
    }
}

#[test]
fn who_stops_reading_is_no_trouble() {
    let folder = Folder::new();
    folder.demo(&[]).stop();
    for args in [&["config"][..], &["admin", "audit", "--demo"], &["admin", "balance", "alice", "--demo"]] {
        let (_, nobody_reads) = io::pipe().unwrap();

        let output = folder.hongbao(args).stdin(Stdio::null()).stdout(nobody_reads).output().unwrap();

        assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""), "{args:?}");
    }
}

#[test]
fn what_cannot_be_printed_is_a_trouble() {
    let folder = Folder::new();
    let full =
        finish(folder.command("bash").args(["-c", "exec \"$0\" config > /dev/full", env!("CARGO_BIN_EXE_hongbao")]));
    full.assert_trouble(&["cannot print"]);
}
