//! The store under the servers, and what can be done to it.

mod pair;
mod postgres;

use std::path::Path;

use hongbao_testbed::{Clock, Proxy};

use self::postgres::Postgres;
use crate::{cli::Store, error::TortureError, plan::Act};

/// The store under the servers.
pub(crate) enum Database {
    Sqlite { url: String, clock: Clock },
    Postgres(Box<Postgres>),
}

impl Database {
    pub(crate) fn open(store: Store, folder: &Path) -> Result<Self, TortureError> {
        match store {
            Store::Sqlite => {
                let url = format!("sqlite://{}/hongbao.db", folder.display());
                Ok(Self::Sqlite { url, clock: Clock::open(&folder.join("clock"))? })
            }
            Store::Postgres => Ok(Self::Postgres(Box::new(Postgres::open()?))),
        }
    }

    /// Prepares the tables, once they are there, for what is to be broken later.
    pub(crate) fn prepare(&self) -> Result<(), TortureError> {
        match self {
            Self::Sqlite { .. } => Ok(()),
            Self::Postgres(postgres) => postgres.prepare(),
        }
    }

    /// Gives the URL that nothing stands in the way of.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite { url, .. } => url.clone(),
            Self::Postgres(postgres) => postgres.url(),
        }
    }

    /// Gives the settings of a server.
    pub(crate) fn settings(&self, server: usize) -> Vec<String> {
        match self {
            Self::Sqlite { url, .. } => vec![format!("database.url={url}")],
            Self::Postgres(postgres) => postgres.settings(server),
        }
    }

    /// Gives the environment of a server: the clock, where that of the server is the store's.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Sqlite { clock, .. } => clock.environment().to_vec(),
            Self::Postgres(_) => Vec::new(),
        }
    }

    pub(crate) fn shift_clock(&mut self, seconds: i64) -> Result<(), TortureError> {
        match self {
            Self::Sqlite { clock, .. } => Ok(clock.shift(seconds)?),
            Self::Postgres(postgres) => postgres.shift_clock(seconds),
        }
    }

    /// Looks after what comes about beside the trial.
    pub(crate) fn tick(&mut self) -> Result<(), TortureError> {
        match self {
            Self::Sqlite { .. } => Ok(()),
            Self::Postgres(postgres) => postgres.tick(),
        }
    }

    /// Says whether something can be done now: no server that is down can be killed, and none takes over that lags.
    pub(crate) fn can(&self, act: &Act) -> bool {
        match self {
            Self::Sqlite { .. } => true,
            Self::Postgres(postgres) => postgres.can(act),
        }
    }

    /// Does something to the connections or to the server. A file has neither.
    pub(crate) fn act(&mut self, act: &Act) -> Result<(), TortureError> {
        match self {
            Self::Sqlite { .. } => Ok(()),
            Self::Postgres(postgres) => postgres.act(act),
        }
    }

    /// Mends all.
    pub(crate) fn mend(&mut self) -> Result<(), TortureError> {
        self.shift_clock(0)?;
        if let Self::Postgres(postgres) = self {
            postgres.proxies().into_iter().for_each(Proxy::disarm);
        }
        for act in [Act::DatabaseDiskFree, Act::StartDatabase, Act::Admit, Act::Flow, Act::Release] {
            self.act(&act)?;
        }
        match self {
            Self::Sqlite { .. } => Ok(()),
            Self::Postgres(postgres) => postgres.mend(),
        }
    }
}
