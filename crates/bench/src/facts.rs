//! On what machine the figures were found.

use std::{
    fmt::{self, Display},
    fs, thread,
};

use hongbao_testbed::Cluster;
use serde::Serialize;

use crate::error::BenchError;

/// What a reader must know beside the figures.
#[derive(Serialize)]
pub(crate) struct Facts {
    cores: usize,
    postgresql: String,
    fsync: String,
    synchronous_commit: String,
    /// How many processes wanted a core in the minute before: ours share the cores with them.
    load_before: String,
    rounds: usize,
    seconds: u64,
}

impl Facts {
    /// Asks the machine and the database.
    pub(crate) fn find(cluster: &Cluster, rounds: usize, seconds: u64) -> Result<Self, BenchError> {
        let ask = |name: &str| {
            let answer = cluster.psql("postgres", &format!("SHOW {name}"));
            answer.map_err(|error| BenchError::because(format_args!("cannot read {name}"), error))
        };
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        Ok(Self {
            cores: thread::available_parallelism().map_or(0, usize::from),
            postgresql: ask("server_version")?,
            fsync: ask("fsync")?,
            synchronous_commit: ask("synchronous_commit")?,
            load_before: load.split(' ').next().unwrap_or_default().to_owned(),
            rounds,
            seconds,
        })
    }

    /// Says whether a commit waits for the disk. Without that no figure counts.
    pub(crate) fn is_durable(&self) -> bool {
        self.fsync == "on" && self.synchronous_commit == "on"
    }
}

impl Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cores, postgresql, fsync, synchronous_commit, load_before, rounds, seconds } = self;
        writeln!(f, "{cores} cores, shared with the load; load before the run {load_before}")?;
        writeln!(
            f,
            "PostgreSQL {postgresql}, fsync {fsync}, synchronous_commit {synchronous_commit}; SQLite synchronous=FULL"
        )?;
        write!(f, "median of {rounds} alternating rounds of {seconds} s; every store was audited")
    }
}
