//! What the page about operations shows is done with the file of a demo.

use std::fs;

use super::page::commands;
use crate::harness::{Finished, Folder, assert_said, finish};

const PAGES: [&str; 2] = ["docs/operations.md", "docs/operations.zh.md"];

/// Runs a command of a page with the demo's file and this program in the place of those that it names.
fn shell(folder: &Folder, command: &str) -> Finished {
    let line = command.replace("data/hongbao.db", "data/demo.db");
    let line = match line.strip_prefix("hongbao ") {
        Some(arguments) => format!("{} {arguments}", env!("CARGO_BIN_EXE_hongbao")),
        None => line,
    };
    finish(folder.command("bash").args(["-c", &line]))
}

#[test]
fn a_copy_of_a_file_is_put_in_its_place_and_a_server_goes_on_with_the_same_money() {
    let [by_backup, by_vacuum, check, audit]: [String; 4] = commands(PAGES[0], "Backup").try_into().unwrap();
    for copy in [by_backup, by_vacuum] {
        let folder = Folder::new();
        let totals = |file: &str| {
            let setting = format!("database.url=sqlite://{file}");
            let audit = folder.run(&["admin", "audit", "--json", "--set", &setting]);
            assert_said(&audit, 0, &[r#""holds":true"#]);
            audit.stdout
        };
        let demo = folder.demo(&[]);
        assert_eq!(demo.accept(&demo.publish()).verdict(), (0, ""));
        let open = demo.publish();
        let before = totals("data/demo.db");

        assert_said(&shell(&folder, &copy), 0, &[]);
        assert_eq!(demo.accept(&open).verdict(), (0, ""), "what comes after a copy is not in it");

        let checked = shell(&folder, &check);
        assert_eq!((checked.code, &*checked.stdout), (Some(0), "ok\n"), "{checked:?}");
        assert_said(&shell(&folder, &audit), 0, &["the money holds"]);
        assert_eq!(totals("copy.db"), before);
        assert_ne!(totals("data/demo.db"), before);
        // Its log is still there then, and must not be taken for that of the copy.
        demo.program.kill();
        fs::rename(folder.path("copy.db"), folder.path("data/demo.db")).unwrap();
        for log in ["data/demo.db-wal", "data/demo.db-shm"] {
            fs::remove_file(folder.path(log)).unwrap();
        }
        let demo = folder.demo(&[]);
        assert_eq!(demo.accept(&open).verdict(), (0, ""), "it is open again");
        demo.stop();
        folder.assert_audit();
    }
}

#[test]
fn both_languages_show_the_same_backup() {
    assert_eq!(commands(PAGES[0], "Backup"), commands(PAGES[1], "备份"));
}
