//! The sudden end of a server.

use std::{fs, io, thread};

use super::Cluster;

/// The highest process id that a lock file can name; no system gives it to anybody.
const NOBODY: &str = "2147483647";

impl Cluster {
    /// Kills the postmaster (`kill -9`). Its children end by themselves, soon; `start` waits for them.
    pub fn kill(&self) -> io::Result<()> {
        let place = self.guard.place();
        let locks = [place.file("data/postmaster.pid"), place.file(&format!(".s.PGSQL.{}.lock", self.port))];
        let id = first_line(&fs::read_to_string(&locks[0])?)?.to_owned();
        self.guard.run(&["kill", "-9", &id])?;
        while is_alive(&id) {
            thread::yield_now();
        }
        // It may not be reaped yet, and then the next start would take it for alive. The rest of the files stays: by
        // it the start finds out whether the children have gone.
        for lock in locks {
            let text = fs::read_to_string(&lock)?;
            fs::write(&lock, text.replacen(first_line(&text)?, NOBODY, 1))?;
        }
        Ok(())
    }
}

pub(super) fn first_line(text: &str) -> io::Result<&str> {
    text.lines().next().ok_or_else(|| io::Error::other("the server is not running"))
}

/// Says whether a process still runs, which a zombie does not.
pub(super) fn is_alive(id: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with(['Z', 'X']))
}
