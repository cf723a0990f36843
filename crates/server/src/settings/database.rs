//! The section `database`: where the store is, and how it is reached.

use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

use super::{HumanDuration, url::Url};

/// The store. All but `url` is for PostgreSQL only.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `sqlite://path/to/file.db` or `postgres://user:password@host:port/database`. Unset: `sqlite://data/hongbao.db`, for
    /// the demo `sqlite://data/demo.db`.
    pub url: Option<Url>,
    /// Whether the server brings an older schema up to date. If not, `hongbao migrate` does.
    pub migrate: bool,
    /// Where migrations go, if not to `url`: past a pooler, or as another role. Empty: to `url`.
    pub migration_url: Url,
    /// What stands between the server and the database.
    pub pooler: PoolerKind,
    /// The most connections that one server holds for its work; one more is kept for probes.
    pub connections: u32,
    /// How many batches of one server may be at the database side by side.
    pub writers: NonZeroUsize,
    /// How long a request waits for a connection.
    pub acquire_timeout: HumanDuration,
    /// How long one statement may take.
    pub statement_timeout: HumanDuration,
    /// How long one statement may wait for rows that others hold.
    pub lock_timeout: HumanDuration,
}

/// While one batch waits for the disk the next one is at work.
pub(super) const WRITERS: NonZeroUsize = NonZeroUsize::new(2).expect("2 is not 0");

impl Default for Database {
    fn default() -> Self {
        let usual = hongbao_postgres::Settings::new(String::new());
        Self {
            url: None,
            migrate: true,
            migration_url: Url::default(),
            pooler: PoolerKind::None,
            connections: 16,
            writers: WRITERS,
            acquire_timeout: HumanDuration(usual.acquire_timeout),
            statement_timeout: HumanDuration(usual.statement_timeout),
            lock_timeout: HumanDuration(usual.lock_timeout),
        }
    }
}

/// What stands between the server and the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase", try_from = "String")]
pub enum PoolerKind {
    /// Nothing.
    None,
    /// A pooler that lends a connection for one transaction, such as PgBouncer in transaction mode.
    Transaction,
}

impl TryFrom<String> for PoolerKind {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "none" => Ok(Self::None),
            "transaction" => Ok(Self::Transaction),
            _ => Err(format!("`{text}` is neither none nor transaction")),
        }
    }
}
