//! A disk that is full.

use std::{fs, io};

use super::{
    Cluster,
    crash::{first_line, is_alive},
};

/// A page of a table's file.
const PAGE: u64 = 8192;

/// So many pages may still be added to the largest file, for some are while it is measured.
const SPARE: u64 = 2;

const LARGEST: &str = "SELECT max(pg_relation_size(oid)) FROM pg_class WHERE relkind IN ('r', 'i', 't', 'm', 'S')";

impl Cluster {
    /// Lets no table grow beyond the largest there is, as on a full disk: a page is written by half, and its statement fails
    /// with `disk_full` (53100). All else goes on, the log of at most as much in one file too.
    ///
    /// From version 16 on, PostgreSQL does not say so by this code where a bound of the system stands for the disk.
    pub fn fill_disk(&self, database: &str) -> io::Result<()> {
        let largest = self.psql(database, LARGEST)?;
        let largest: u64 = largest.parse().map_err(io::Error::other)?;
        self.limit_files(&(largest + SPARE * PAGE + PAGE / 2).to_string())
    }

    /// Lets files grow again. A server that has given up meanwhile is started.
    pub fn free_disk(&self) -> io::Result<()> {
        if self.is_running() { self.limit_files("unlimited") } else { self.start() }
    }

    /// Says whether the postmaster runs.
    pub fn is_running(&self) -> bool {
        self.postmaster().is_ok_and(|id| is_alive(&id))
    }

    fn postmaster(&self) -> io::Result<String> {
        Ok(first_line(&fs::read_to_string(self.guard.place().file("data/postmaster.pid"))?)?.to_owned())
    }

    /// Bounds the files of all processes of the server: of the postmaster first, for the others inherit from it.
    fn limit_files(&self, bytes: &str) -> io::Result<()> {
        let postmaster = self.postmaster()?;
        let limit = |id: &str| self.guard.run(&["prlimit", "--pid", id, &format!("--fsize={bytes}:unlimited")]);
        limit(&postmaster)?;
        for entry in fs::read_dir("/proc")?.filter_map(Result::ok) {
            let Some(id) = entry.file_name().to_str().map(str::to_owned) else { continue };
            if parent(&id).is_some_and(|parent| parent == postmaster) {
                // One that has ended writes nothing any more.
                drop(limit(&id));
            }
        }
        Ok(())
    }
}

/// Gives the process that has started a process.
fn parent(id: &str) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(") ")?;
    rest.split(' ').nth(1).map(str::to_owned)
}
