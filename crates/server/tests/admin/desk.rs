//! Where the administrator sits.
#![expect(clippy::unwrap_used, reason = "a harness that cannot be set up fails the test that wants it")]

use std::net::SocketAddr;

use serde_json::Value;

use crate::{
    client::TOKEN,
    harness::{Demo, Finished, Folder, finish, post},
};

/// Runs a command on the demo's store.
#[track_caller]
pub(crate) fn admin(folder: &Folder, args: &[&str]) -> Finished {
    folder.run(&[&["admin", "--demo"], args].concat())
}

/// The same with something on standard input.
#[track_caller]
pub(crate) fn admin_with_input(folder: &Folder, input: &str, args: &[&str]) -> Finished {
    folder.write("input", input);
    let mut bash = folder.command("bash");
    bash.args(["-c", "exec \"$0\" \"$@\" < input", env!("CARGO_BIN_EXE_hongbao"), "admin", "--demo"]);
    finish(bash.args(args))
}

/// A folder without a store, from which a server of another folder is asked.
pub(crate) struct Remote {
    pub(crate) folder: Folder,
    pub(crate) server: String,
}

impl Remote {
    pub(crate) fn of(demo: &Demo) -> Self {
        Self { folder: Folder::new(), server: format!("http://{}", demo.admin) }
    }

    #[track_caller]
    pub(crate) fn run(&self, args: &[&str]) -> Finished {
        self.folder.run(&[&["admin", "--server", &self.server, "--token", TOKEN], args].concat())
    }

    #[track_caller]
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        self.run(&[&["--json"], args].concat()).json()
    }
}

impl Finished {
    /// It is done, and nothing but this is printed.
    #[track_caller]
    pub(crate) fn assert_text(&self, text: &str) {
        assert_eq!((self.code, self.stdout.as_str(), self.stderr.as_str()), (Some(0), text, ""));
    }

    /// It is done, and this is what is printed.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{self:?}");
        assert_eq!(self.stdout.lines().count(), 1, "{self:?}");
        serde_json::from_str(&self.stdout).unwrap()
    }

    /// The business said no: this one sentence, and exit status 1.
    #[track_caller]
    pub(crate) fn assert_refused(&self, sentence: &str) {
        let expected = format!("hongbao: {sentence}\n");
        assert_eq!((self.code, self.stdout.as_str(), self.stderr.as_str()), (Some(1), "", expected.as_str()));
    }

    /// The business said no, by this code for programs, and exit status 1.
    #[track_caller]
    pub(crate) fn assert_refused_json(&self, code: &str) {
        let expected = format!(r#""code":"{code}""#);
        assert!(self.code == Some(1) && self.stderr.contains(&expected), "{self:?}");
    }

    /// The arguments make no sense: exit status 2, and all these words.
    #[track_caller]
    pub(crate) fn assert_misused(&self, words: &[&str]) {
        assert_eq!((self.code, self.stdout.as_str()), (Some(2), ""), "{self:?}");
        for word in words {
            assert!(self.stderr.contains(word), "no `{word}` in {self:?}");
        }
    }
}

/// Whether the server takes a key for a session.
#[track_caller]
pub(crate) fn is_logged_in(http: SocketAddr, key: &str) -> bool {
    match post(http, "/im/msg_redpack_accept", &format!("session_key={key}")).unwrap().verdict() {
        (1, "transfer_id_missing") => true,
        (2, _) => false,
        other => panic!("{other:?}"),
    }
}

/// A moment as RFC 3339, in UTC.
pub(crate) fn is_moment(text: &Value) -> bool {
    text.as_str().is_some_and(|text| text.len() == 24 && text.starts_with("20") && text.ends_with('Z'))
}
