//! How the store is opened.

use std::time::Duration;

/// How the store is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// `sqlite://path/to/file.db`; a relative path counts from the working directory.
    pub url: String,
    /// Whether a file that does not exist is made, with its folder, and an older schema brought up to date. If not, both
    /// are refused: a process that only looks must not change the file under a running server of another version.
    pub create: bool,
    /// How long to wait for another process that writes.
    pub busy_timeout: Duration,
    /// Whether this is the server, of which a file has one: it takes the file's lock, and proves a file that a server left
    /// without closing it. Others work beside it: commands of an administrator.
    pub serves: bool,
    /// For how long a step is attempted before its caller is told that the store is unavailable.
    pub retry_timeout: Duration,
    /// How many connections read side by side for requests. Sweeps, probes and audits have their own.
    pub readers: u32,
}

impl Settings {
    /// The usual settings for the file at `url`: made where it does not exist, beside others, 5 s for a lock and for a step,
    /// 4 readers.
    pub fn new(url: impl Into<String>) -> Self {
        let five = Duration::from_secs(5);
        Self { url: url.into(), create: true, busy_timeout: five, serves: false, retry_timeout: five, readers: 4 }
    }
}
