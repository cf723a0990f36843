//! An empty folder to work in.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use tempfile::TempDir;

use super::{Demo, Program, QUICKLY};

/// A working folder of its own, with a clean environment for what runs in it.
pub(crate) struct Folder {
    folder: TempDir,
}

/// A program that has ended by itself.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Finished {
    /// It could not go on, and said why: one sentence with all these words, and exit status 2.
    #[track_caller]
    pub(crate) fn assert_trouble(&self, words: &[&str]) {
        assert_eq!((self.code, self.stdout.as_str()), (Some(2), ""), "{self:?}");
        assert!(self.stderr.starts_with("hongbao: ") && self.stderr.ends_with('\n'), "{self:?}");
        assert_eq!(self.stderr.lines().count(), 1, "{self:?}");
        assert!(!self.stderr.contains("panicked"), "{self:?}");
        for word in words {
            assert!(self.stderr.contains(word), "no `{word}` in {self:?}");
        }
    }
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    /// The names of the files in a folder below this one.
    pub(crate) fn files(&self, name: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(name)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Any program, with nothing of the tests' own environment but the search path.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path()).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }

    pub(crate) fn hongbao(&self, args: &[&str]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_hongbao"));
        // Several run at once.
        command.env("HONGBAO__ADMIN__LISTEN", "127.0.0.1:0").args(args);
        command
    }

    /// Runs the program to its end, which must not take long.
    #[track_caller]
    pub(crate) fn run(&self, args: &[&str]) -> Finished {
        finish(&mut self.hongbao(args))
    }

    /// Starts a demo on ports that are free.
    #[track_caller]
    pub(crate) fn demo(&self, settings: &[&str]) -> Demo {
        Demo::start(self, settings)
    }

    /// What a user of the demo has of a coin, in accounts and in packets: from outside, running or not.
    #[track_caller]
    pub(crate) fn balance(&self, user: &str, coin: &str) -> Option<(String, String)> {
        let report = self.run(&["admin", "balance", user, "--demo", "--json"]);
        assert_eq!(report.code, Some(0), "{report:?}");
        let report: Value = serde_json::from_str(&report.stdout).unwrap();
        let line = report.as_array().unwrap().iter().find(|line| line["coin_id"] == coin)?;
        let text = |key: &str| line[key].as_str().unwrap().to_owned();
        Some((text("balance"), text("held")))
    }

    #[track_caller]
    pub(crate) fn assert_balance(&self, user: &str, coin: &str, balance: &str, held: &str) {
        let expected = Some((balance.to_owned(), held.to_owned()));
        assert_eq!(self.balance(user, coin), expected, "{user}'s {coin}, in accounts and in packets");
    }

    /// The money of the demo holds.
    #[track_caller]
    pub(crate) fn assert_audit(&self) {
        let report = self.run(&["admin", "audit", "--demo", "--json"]);
        let verdict: Value = serde_json::from_str(&report.stdout).unwrap_or_default();
        assert_eq!((report.code, &verdict["holds"]), (Some(0), &Value::Bool(true)), "{report:?}");
    }
}

/// Runs a program to its end, which must not take long.
#[track_caller]
pub(crate) fn finish(command: &mut Command) -> Finished {
    let (status, stdout, stderr) = Program::start(command).ended(QUICKLY);
    Finished { code: status.code(), stdout, stderr }
}
