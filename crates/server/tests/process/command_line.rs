//! The command line, as everybody expects one to behave.

use std::{io, process::Stdio};

use crate::stand::{Folder, finish};

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
fn a_user_who_cannot_exist_is_refused_and_one_who_does_not_has_nothing() {
    let folder = Folder::new();
    folder.demo(&[]).stop();

    folder.run(&["admin", "balance", "no body", "--demo"]).assert_trouble(&["`no body` is not a user id"]);
    let nobody = folder.run(&["admin", "balance", "nobody", "--demo"]);
    assert_eq!((nobody.code, nobody.stdout.as_str()), (Some(0), "nobody has no account\n"));
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
