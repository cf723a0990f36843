//! How the store is opened.

use std::{fmt, sync::Arc, time::Duration};

use hongbao_ports::Clock;

use crate::Connections;

/// What stands between us and the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pooler {
    /// Nothing: each connection is a session of our own, and has our limits.
    #[default]
    None,
    /// A pooler that gives us another session in each transaction, such as pgbouncer with `pool_mode = transaction`; or one
    /// that keeps the limits of a session from the database, as pgbouncer always does.
    ///
    /// Every read is then a transaction, too, and begins with its own limits, because a session keeps nothing for us.
    /// pgbouncer 1.18 needs `ignore_startup_parameters = extra_float_digits` and `server_reset_query_always = 1`, since
    /// statements still have names and the next session's owner would meet them; from 1.21 on also
    /// `max_prepared_statements = 0`.
    Transaction,
}

/// How the store is opened.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// `postgres://user:password@host:port/database?sslmode=…`, or another form of an [`Address`](crate::Address).
    pub url: String,
    /// Whether an empty or older schema is brought up to date. If not, it is refused, with what is missing.
    pub migrate: bool,
    /// Where migrations go, if not to `url`: past a pooler, or as another role.
    pub migration_url: Option<String>,
    /// What stands between us and the database.
    pub pooler: Pooler,
    /// The most connections that are held for each kind of work; one more is kept to ask whether the database can be used.
    pub connections: Connections,
    /// How long to wait for one of them.
    pub acquire_timeout: Duration,
    /// How long one statement may take.
    pub statement_timeout: Duration,
    /// How long one statement may wait for the rows that others hold.
    pub lock_timeout: Duration,
    /// For how long a step is attempted while its cause of failure may pass.
    pub retry_timeout: Duration,
}

impl Settings {
    /// The usual settings for the database at `url`: brought up to date, 16 connections with two writers, 3 s for one of them, 5 s for a
    /// statement, 2 s for a lock, 5 s for retries.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            migrate: true,
            migration_url: None,
            pooler: Pooler::None,
            connections: Connections::USUAL,
            acquire_timeout: Duration::from_secs(3),
            statement_timeout: Duration::from_secs(5),
            lock_timeout: Duration::from_secs(2),
            retry_timeout: Duration::from_secs(5),
        }
    }
}

/// Leaves the URLs out: there is a password in them.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("pooler", &self.pooler).field("migrate", &self.migrate).finish_non_exhaustive()
    }
}

/// Where the store takes its time from.
#[derive(Clone)]
pub enum Time {
    /// From the database, so that all servers have the same.
    Database,
    /// From a clock that is given, in tests.
    Given(Arc<dyn Clock>),
}
