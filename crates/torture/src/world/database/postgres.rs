//! PostgreSQL, and the ways to it.

use std::{
    thread,
    time::{Duration, Instant},
};

use hongbao_testbed::{InjectedFault, PgBouncer, Proxy, Shutdown};
use tokio::{runtime::Builder, time::timeout};

use super::pair::Pair;
use crate::{
    error::TortureError,
    plan::{Act, CommitFault},
};

const DATABASE: &str = "hongbao";

/// How many lost connections may be planned on one way to the database.
const MOST_ARMED: usize = 3;

const RELEASED_WITHIN: Duration = Duration::from_millis(500);
const BACK_WITHIN: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(50);

/// From this version on, what fails for want of room is not told from a defect where a bound of the system stands for the
/// disk.
const FULL_UNTIL: u32 = 160_000;

/// Has a page of the journal hold few rows.
const SPARSE_JOURNAL: &str = "ALTER TABLE postings SET (fillfactor = 10, autovacuum_enabled = off)";

/// Makes the journal the largest file by far, which is what a full disk meets. The rows are none, for they are rolled back, and
/// stay in the file.
const LARGE_JOURNAL: &str = "
BEGIN;
INSERT INTO postings (owner_id, holder, coin_id, seq, command_id, cause, amount, balance, posted_at)
SELECT 'padding', 'movement', 'CNY', number, gen_random_uuid(), 'deposit', 1, 1, 0 FROM generate_series(1, 4000) AS number;
ROLLBACK;";

/// Two private servers. Servers of ours reach the primary through a proxy, each second one through a pooler as well.
pub(crate) struct Postgres {
    pair: Pair,
    pooler: Option<PgBouncer>,
    direct: Proxy,
    through_pooler: Proxy,
    /// Leads to the primary, and does nothing to anything.
    plain: Proxy,
    is_down: bool,
    is_full: bool,
    can_be_full: bool,
}

impl Postgres {
    pub(super) fn open() -> Result<Self, TortureError> {
        let pair = Pair::open()?;
        pair.primary.create_database(DATABASE, None)?;
        let version = pair.primary.psql("postgres", "SHOW server_version_num")?;
        let can_be_full = version.parse::<u32>().is_ok_and(|version| version < FULL_UNTIL);
        let pooler = PgBouncer::open(&pair.primary.server(), true)?;
        let [direct, through_pooler, plain] =
            [pair.primary.address(), pooler.address(), pair.primary.address()].map(Proxy::open);
        let (direct, through_pooler, plain) = (direct?, through_pooler?, plain?);
        let (is_down, is_full) = (false, false);
        Ok(Self { pair, pooler: Some(pooler), direct, through_pooler, plain, is_down, is_full, can_be_full })
    }

    pub(super) fn prepare(&self) -> Result<(), TortureError> {
        self.pair.primary.psql(DATABASE, SPARSE_JOURNAL)?;
        self.pair.primary.psql(DATABASE, LARGE_JOURNAL)?;
        Ok(())
    }

    pub(super) fn url(&self) -> String {
        self.plain.url(&self.pair.primary.url(DATABASE))
    }

    pub(super) fn settings(&self, server: usize) -> Vec<String> {
        let plain = self.url();
        if server % 2 == 1 {
            vec![
                format!("database.url={}", self.through_pooler.url(&plain)),
                "database.pooler=transaction".to_owned(),
                format!("database.migration_url={plain}"),
                "database.connections=8".to_owned(),
            ]
        } else {
            vec![format!("database.url={}", self.direct.url(&plain)), "database.connections=8".to_owned()]
        }
    }

    pub(super) fn shift_clock(&mut self, seconds: i64) -> Result<(), TortureError> {
        Ok(self.pair.shift_clock(seconds)?)
    }

    pub(super) fn tick(&mut self) -> Result<(), TortureError> {
        if self.is_down || self.is_full { Ok(()) } else { Ok(self.pair.tick()?) }
    }

    pub(super) fn mend(&mut self) -> Result<(), TortureError> {
        self.pair.complete()
    }

    pub(super) fn proxies(&self) -> [&Proxy; 2] {
        [&self.direct, &self.through_pooler]
    }

    pub(super) fn can(&self, act: &Act) -> bool {
        let is_well = !self.is_down && !self.is_full;
        match act {
            Act::KillDatabase | Act::EndDatabase => is_well,
            Act::FailOver => is_well && self.pair.can_fail_over(),
            Act::DatabaseDiskFull => is_well && self.can_be_full,
            Act::Pooler
            | Act::Kill(_)
            | Act::End(_)
            | Act::Start(_)
            | Act::Stop(_)
            | Act::Go(_)
            | Act::Cloud(_)
            | Act::Late
            | Act::StopCloud
            | Act::GoCloud
            | Act::Commit(..)
            | Act::Release
            | Act::Cut
            | Act::Refuse
            | Act::Admit
            | Act::Stall
            | Act::Flow
            | Act::StartDatabase
            | Act::DiskFull
            | Act::DiskFree
            | Act::DatabaseDiskFree
            | Act::Clock(_) => true,
        }
    }

    pub(super) fn act(&mut self, act: &Act) -> Result<(), TortureError> {
        if !self.can(act) {
            return Ok(());
        }
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
            Act::KillDatabase => {
                self.pair.primary.kill()?;
                self.is_down = true;
            }
            Act::EndDatabase => {
                self.pair.primary.stop(Shutdown::Fast)?;
                self.is_down = true;
            }
            Act::StartDatabase if self.is_down => {
                self.pair.primary.start()?;
                self.is_down = false;
            }
            Act::Pooler => self.restart_pooler()?,
            Act::FailOver => self.fail_over()?,
            Act::DatabaseDiskFull => {
                self.pair.primary.fill_disk(DATABASE)?;
                self.is_full = true;
                // That fails, and takes the room that was left in the last pages: the next posting needs another.
                drop(self.pair.primary.psql(DATABASE, LARGE_JOURNAL));
            }
            Act::DatabaseDiskFree if self.is_full => self.free_disk()?,
            Act::StartDatabase
            | Act::DatabaseDiskFree
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

    fn restart_pooler(&mut self) -> Result<(), TortureError> {
        // The old one is gone before the new one comes, as with a restart.
        drop(self.pooler.take());
        let pooler = PgBouncer::open(&self.pair.primary.server(), true)?;
        self.through_pooler.turn_to(pooler.address());
        self.pooler = Some(pooler);
        Ok(())
    }

    /// The primary is killed for good, and no connection leads to what is left of it, before the standby takes over.
    fn fail_over(&mut self) -> Result<(), TortureError> {
        drop(self.pooler.take());
        let Some(old) = self.pair.fail_over()? else { return Ok(()) };
        let primary = self.pair.primary.address();
        for proxy in [&self.direct, &self.plain] {
            proxy.turn_to(primary);
            proxy.cut_all();
        }
        self.restart_pooler()?;
        // What is left of it ends, and its folder goes, while others go on.
        thread::spawn(move || drop(old));
        Ok(())
    }

    fn free_disk(&mut self) -> Result<(), TortureError> {
        let until = Instant::now() + BACK_WITHIN;
        loop {
            let freed = self.pair.primary.free_disk();
            if freed.is_ok() && self.pair.primary.psql(DATABASE, "SELECT 1").is_ok() {
                self.is_full = false;
                return Ok(());
            }
            if Instant::now() > until {
                return Err(TortureError::new(format!("PostgreSQL does not come back after a full disk: {freed:?}")));
            }
            thread::sleep(PAUSE);
        }
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
