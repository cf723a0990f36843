//! The open store.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use hongbao_domain::{id::UserId, store::RequestName, user::UserStatus};
use hongbao_ports::{Clock, Ids};
use hongbao_store::{Coalescer, ConnectionCounts, PoolCounts};
use sqlx::{SqlitePool, sqlite::SqliteConnectOptions};

use crate::{lane::Lanes, lock::ServerLock, opened_file::OpenedFile};

/// A SQLite file with everything that Hongbao keeps.
#[derive(Clone)]
pub struct SqliteStore {
    /// One connection: SQLite has one writer at a time, and waiting in a pool is cheaper than in a busy loop.
    pub(crate) writer: SqlitePool,
    /// For what every request asks first.
    pub(crate) asking: SqlitePool,
    pub(crate) lookups: Lookups,
    /// For requests.
    pub(crate) readers: SqlitePool,
    /// For what looks for work in the background.
    pub(crate) sweeps: SqlitePool,
    /// For the question whether the store is ready. It never lets go, so that an archive, which wants the file alone, can
    /// tell that it is in use.
    pub(crate) probe: SqlitePool,
    /// How a connection is opened that reads for long.
    pub(crate) reading: SqliteConnectOptions,
    pub(crate) lanes: Arc<Lanes>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) retry_timeout: Duration,
    pub(crate) file: Arc<OpenedFile>,
    pub(crate) log: Arc<OpenedFile>,
    /// Given back when everything is closed.
    pub(crate) lock: Arc<Mutex<Option<ServerLock>>>,
}

/// Lookups that wait for the next statement.
#[derive(Clone, Default)]
pub(crate) struct Lookups {
    /// By digest of the key.
    pub(crate) sessions: Coalescer<[u8; 32], UserId>,
    pub(crate) users: Coalescer<UserId, UserStatus>,
    pub(crate) requests: Coalescer<RequestName, bool>,
}

impl SqliteStore {
    /// Gives what there is of connections. Those that write are waited for.
    pub fn connections(&self) -> ConnectionCounts {
        let pools = [
            ("writer", &self.writer),
            ("lookups", &self.asking),
            ("reads", &self.readers),
            ("background", &self.sweeps),
            ("probe", &self.probe),
        ];
        let pools = pools.map(|(name, pool)| PoolCounts {
            name,
            most: pool.options().get_max_connections(),
            open: pool.size(),
            idle: u32::try_from(pool.num_idle()).unwrap_or(u32::MAX),
        });
        ConnectionCounts { pools: pools.into(), waits: self.lanes.waits.read() }
    }

    /// Closes the file after what runs; its log is folded in.
    pub async fn close(&self) {
        self.asking.close().await;
        self.readers.close().await;
        self.sweeps.close().await;
        self.probe.close().await;
        // The last one folds the log in.
        self.writer.close().await;
        drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}
