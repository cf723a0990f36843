//! A server that is running.

use std::{
    io::{self, Write},
    net::SocketAddr,
    process::{Command, Stdio},
};

use crate::{guard::without_settings, installation, url};

/// A server that is running, whichever process runs it.
#[derive(Clone, Debug)]
pub struct Server {
    url: String,
    is_private: bool,
}

impl Server {
    /// A server that stays when the tests are over.
    pub(crate) fn given(url: String) -> Self {
        Self { url, is_private: false }
    }

    pub(crate) fn private(url: String) -> Self {
        Self { url, is_private: true }
    }

    /// Says whether the server goes away by itself, with all that is on it.
    pub(crate) fn is_private(&self) -> bool {
        self.is_private
    }

    /// Gives the URL of a database of this server.
    pub fn url(&self, database: &str) -> String {
        url::with_database(&self.url, database)
    }

    /// Gives the address that it listens on.
    pub fn address(&self) -> io::Result<SocketAddr> {
        url::address(&self.url)
    }

    /// Runs SQL, one transaction for each statement, and gives what it printed: rows on lines, columns between bars.
    pub fn psql(&self, database: &str, sql: &str) -> io::Result<String> {
        let mut child = self.psql_command(database).stderr(Stdio::piped()).spawn()?;
        if let Some(mut input) = child.stdin.take() {
            // A refusal closes the pipe early; the status says so.
            let _written = input.write_all(sql.as_bytes());
        }
        let output = child.wait_with_output()?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned());
        }
        Err(io::Error::other(format!("cannot run {sql}: {}", String::from_utf8_lossy(&output.stderr).trim_end())))
    }

    /// Makes a database as a copy of `template`, or an empty one.
    pub fn create_database(&self, name: &str, template: Option<&str>) -> io::Result<()> {
        let template = template.map(|template| format!(" TEMPLATE \"{template}\"")).unwrap_or_default();
        self.psql("postgres", &format!("CREATE DATABASE \"{name}\"{template}")).map(drop)
    }

    /// Gives the client, reading SQL from a pipe and printing to another.
    pub(crate) fn psql_command(&self, database: &str) -> Command {
        let mut command = Command::new(installation::client("psql"));
        without_settings(&mut command).args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-f", "-", "-d"]);
        command.arg(self.url(database)).env("PGCONNECT_TIMEOUT", "30");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command
    }
}
