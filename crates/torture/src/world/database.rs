//! The store under the servers, and what can be done to it.

use std::{path::Path, time::Duration};

use hongbao_testbed::{Clock, Cluster, InjectedFault, Options, PgBouncer, Proxy, Shutdown};
use tokio::{runtime::Builder, time::timeout};

use crate::{
    cli::Store,
    error::TortureError,
    plan::{Act, CommitFault},
};

const DATABASE: &str = "hongbao";

/// How many lost connections may be planned on one way to the database.
const MOST_ARMED: usize = 3;

const RELEASED_WITHIN: Duration = Duration::from_millis(500);

/// The store under the servers.
pub(crate) enum Database {
    Sqlite { url: String, clock: Clock },
    Postgres(Box<Postgres>),
}

/// A private server. Servers of ours reach it through a proxy, each second one through a pooler as well.
pub(crate) struct Postgres {
    cluster: Cluster,
    pooler: Option<PgBouncer>,
    direct: Proxy,
    through_pooler: Proxy,
    is_down: bool,
}

impl Database {
    pub(crate) fn open(store: Store, folder: &Path) -> Result<Self, TortureError> {
        match store {
            Store::Sqlite => {
                let url = format!("sqlite://{}/hongbao.db", folder.display());
                Ok(Self::Sqlite { url, clock: Clock::open(&folder.join("clock"))? })
            }
            Store::Postgres => {
                let cluster = Cluster::open(Options { durable: true, clock: true, ..Options::default() })?;
                cluster.create_database(DATABASE, None)?;
                let pooler = PgBouncer::open(&cluster.server(), true)?;
                let direct = Proxy::open(cluster.address())?;
                let through_pooler = Proxy::open(pooler.address())?;
                let postgres = Postgres { cluster, pooler: Some(pooler), direct, through_pooler, is_down: false };
                Ok(Self::Postgres(Box::new(postgres)))
            }
        }
    }

    /// Gives the URL that nothing stands in the way of.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite { url, .. } => url.clone(),
            Self::Postgres(postgres) => postgres.cluster.url(DATABASE),
        }
    }

    /// Gives the settings of a server.
    pub(crate) fn settings(&self, server: usize) -> Vec<String> {
        match self {
            Self::Sqlite { url, .. } => vec![format!("database.url={url}")],
            Self::Postgres(postgres) => {
                let direct = self.url();
                if server % 2 == 1 {
                    vec![
                        format!("database.url={}", postgres.through_pooler.url(&direct)),
                        "database.pooler=transaction".to_owned(),
                        format!("database.migration_url={direct}"),
                        "database.connections=8".to_owned(),
                    ]
                } else {
                    let url = postgres.direct.url(&direct);
                    vec![format!("database.url={url}"), "database.connections=8".to_owned()]
                }
            }
        }
    }

    /// Gives the environment of a server: the clock, where that of the server is the store's.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Sqlite { clock, .. } => clock.environment().to_vec(),
            Self::Postgres(_) => Vec::new(),
        }
    }

    pub(crate) fn shift_clock(&self, seconds: i64) -> Result<(), TortureError> {
        let clock = match self {
            Self::Sqlite { clock, .. } => Some(clock),
            Self::Postgres(postgres) => postgres.cluster.clock(),
        };
        Ok(clock.ok_or_else(|| TortureError::new("the store has no clock of its own"))?.shift(seconds)?)
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
        for act in [Act::StartDatabase, Act::Admit, Act::Flow, Act::Release] {
            self.act(&act)?;
        }
        Ok(())
    }
}

impl Postgres {
    fn proxies(&self) -> [&Proxy; 2] {
        [&self.direct, &self.through_pooler]
    }

    fn act(&mut self, act: &Act) -> Result<(), TortureError> {
        match act {
            // Where all servers are away, nothing uses them up, and too many would let none come back.
            Act::Commit(fault, times) => {
                self.proxies().into_iter().filter(|proxy| proxy.armed() < MOST_ARMED).for_each(|proxy| match fault {
                    CommitFault::AtFirst => proxy.cut_mid_batch(*times),
                    CommitFault::Before => proxy.arm(InjectedFault::BeforeCommit, *times),
                    CommitFault::After => proxy.arm(InjectedFault::AfterCommit, *times),
                    CommitFault::Held => proxy.arm(InjectedFault::HoldCommit, *times),
                });
            }
            Act::Release => release(self.proxies())?,
            Act::Cut => self.proxies().into_iter().for_each(Proxy::cut_all),
            Act::Refuse => self.proxies().into_iter().for_each(Proxy::refuse),
            Act::Admit => self.proxies().into_iter().for_each(Proxy::admit),
            Act::Stall => self.proxies().into_iter().for_each(Proxy::stall),
            Act::Flow => self.proxies().into_iter().for_each(Proxy::flow),
            Act::KillDatabase if !self.is_down => {
                self.cluster.kill()?;
                self.is_down = true;
            }
            Act::EndDatabase if !self.is_down => {
                self.cluster.stop(Shutdown::Fast)?;
                self.is_down = true;
            }
            Act::StartDatabase if self.is_down => {
                self.cluster.start()?;
                self.is_down = false;
            }
            Act::Pooler => {
                // The old one is gone before the new one comes, as with a restart.
                drop(self.pooler.take());
                let pooler = PgBouncer::open(&self.cluster.server(), true)?;
                self.through_pooler.turn_to(pooler.address());
                self.pooler = Some(pooler);
            }
            Act::KillDatabase
            | Act::EndDatabase
            | Act::StartDatabase
            | Act::Kill(_)
            | Act::End(_)
            | Act::Start(_)
            | Act::Stop(_)
            | Act::Go(_)
            | Act::Cloud(_)
            | Act::Late
            | Act::StopCloud
            | Act::GoCloud
            | Act::DiskFull
            | Act::DiskFree
            | Act::Clock(_) => {}
        }
        Ok(())
    }
}

/// Delivers COMMITs that are held. What the server says to each is of no interest; where it is down, it would take long.
fn release(proxies: [&Proxy; 2]) -> Result<(), TortureError> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    for proxy in proxies.into_iter().filter(|proxy| proxy.held() > 0) {
        drop(runtime.block_on(async { timeout(RELEASED_WITHIN, proxy.release()).await }));
    }
    Ok(())
}
