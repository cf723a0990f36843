//! A database of PostgreSQL.

use hongbao_testbed::Server;

use super::{Finished, Folder};

/// What a server needs of a cloud. No program listens there.
pub(crate) const REAL: [&str; 8] = [
    "--set",
    "im.app_key=key",
    "--set",
    "im.app_secret=open-sesame",
    "--set",
    "im.base_url=http://127.0.0.1:9",
    "--set",
    "im.backup_url=",
];

/// A database of its own on the server that all tests share. It is dropped with this value.
pub(crate) struct Database {
    pub(crate) server: Server,
    pub(crate) name: String,
    pub(crate) setting: String,
}

impl Database {
    /// An empty one, without any schema.
    pub(crate) fn new(test: &str) -> Self {
        let (server, name) = (Server::shared().unwrap(), format!("{test}_{}", std::process::id()));
        server.create_database(&name, None).unwrap();
        let setting = format!("database.url={}", server.url(&name));
        Self { server, name, setting }
    }

    pub(crate) fn url(&self) -> String {
        self.server.url(&self.name)
    }

    pub(crate) fn run(&self, folder: &Folder, args: &[&str]) -> Finished {
        folder.run(&[args, &["--set", &self.setting]].concat())
    }

    pub(crate) fn psql(&self, sql: &str) -> String {
        self.server.psql(&self.name, sql).unwrap()
    }

    /// How many tables there are.
    pub(crate) fn tables(&self) -> String {
        self.psql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        drop(self.server.psql("postgres", &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)));
    }
}

/// It ended with this status and said all these words.
#[track_caller]
pub(crate) fn assert_said(finished: &Finished, code: i32, words: &[&str]) {
    assert_eq!(finished.code, Some(code), "{finished:?}");
    for word in words {
        assert!(finished.stdout.contains(word) || finished.stderr.contains(word), "no `{word}` in {finished:?}");
    }
}
