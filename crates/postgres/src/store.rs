//! The open store.

use std::{sync::Arc, time::Duration};

use hongbao_domain::{id::UserId, store::RequestName, user::UserStatus};
use hongbao_ports::Ids;
use hongbao_store::{Coalescer, ConnectionCounts};

use crate::{
    environment::Sent,
    pools::{Pools, Purpose},
    settings::{Pooler, Settings, Time},
};

/// Leaves one way to a batch's rows: from each key to its row. A plan that is made while a table is small would go through
/// its whole index instead, and be kept while it grows. What is turned off and taken all the same counts as so dear that it
/// would be compiled, for seconds.
const BY_KEYS: &str = "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; \
    SET LOCAL enable_indexonlyscan = off; SET LOCAL jit = off";

/// A PostgreSQL database with everything that Hongbao keeps. A clone is the same.
#[derive(Clone)]
pub struct PostgresStore {
    pub(crate) pools: Arc<Pools>,
    /// Whose connections reads take.
    pub(crate) reads: Purpose,
    /// Whose connections questions about a lost commit take.
    pub(crate) questions: Purpose,
    pub(crate) time: Time,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) lookups: Lookups,
    pub(crate) begins: Arc<Begins>,
    pub(crate) retry_timeout: Duration,
    /// What every session must show.
    pub(crate) sent: Option<Sent>,
}

/// Lookups that wait for the next statement.
#[derive(Clone, Default)]
pub(crate) struct Lookups {
    /// By digest of the key.
    pub(crate) sessions: Coalescer<Vec<u8>, UserId>,
    pub(crate) users: Coalescer<UserId, UserStatus>,
    pub(crate) requests: Coalescer<RequestName, bool>,
}

impl PostgresStore {
    /// Gives the same store for work that no request waits for: it has connections of its own, and takes none of theirs.
    #[must_use]
    pub fn for_background(&self) -> Self {
        Self { reads: Purpose::Background, lookups: Lookups::default(), ..self.clone() }
    }

    /// Gives what there is of connections.
    pub fn connections(&self) -> ConnectionCounts {
        self.pools.counts()
    }

    /// Closes all connections after what runs.
    pub async fn close(&self) {
        self.pools.close().await;
    }
}

/// How transactions begin.
pub(crate) struct Begins {
    /// One that writes.
    pub(crate) step: String,
    /// A batch.
    pub(crate) batch: String,
    /// One that reads one statement; `None`: no transaction is needed for that.
    pub(crate) read: Option<String>,
    /// One that reads several.
    pub(crate) snapshot: String,
}

impl Begins {
    pub(crate) fn new(settings: &Settings) -> Self {
        let (limits, read) = match settings.pooler {
            Pooler::None => (String::new(), None),
            Pooler::Transaction => {
                let limits = format!("; {}", local_limits(settings));
                let read = format!("BEGIN READ ONLY{limits}");
                (limits, Some(read))
            }
        };
        Self {
            step: format!("BEGIN{limits}"),
            batch: format!("BEGIN{limits}; {BY_KEYS}"),
            read,
            snapshot: format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY{limits}"),
        }
    }
}

fn local_limits(settings: &Settings) -> String {
    format!(
        "SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {}; SET LOCAL idle_in_transaction_session_timeout = {}",
        milliseconds(settings.statement_timeout),
        milliseconds(settings.lock_timeout),
        milliseconds(settings.statement_timeout),
    )
}

/// Writes a span as PostgreSQL takes it. Nothing is 1 ms: 0 would mean without end.
pub(crate) fn milliseconds(span: Duration) -> String {
    span.as_millis().max(1).to_string()
}
