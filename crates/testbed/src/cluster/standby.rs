//! A second server that has every commit of the first.

use std::io;

use super::{Cluster, Options};

/// Waits until the standby has caught up and commits wait for it; 30 s at most.
const WAIT: &str = "
DO $$ BEGIN
    FOR attempt IN 1..1500 LOOP
        PERFORM pg_stat_clear_snapshot();
        IF EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming') THEN RETURN; END IF;
        PERFORM pg_sleep(0.02);
    END LOOP;
    RAISE 'the standby did not follow';
END $$;";

impl Cluster {
    /// Starts a standby of this server. From now on a commit here waits until the standby has it on its disk, and blocks
    /// when there is no standby.
    pub fn standby(&self) -> io::Result<Self> {
        // First, so that the checkpoint of the copy comes after it: only the checkpointer makes commits wait.
        self.set("synchronous_standby_names = 'standby'")?;
        let mut settings = self.settings().clone();
        settings.retain(|line| !line.starts_with("synchronous_standby_names"));
        let options = Options { settings, ..self.options.clone() };
        let (folder, port) = (self.guard.place().path(), self.port);
        let primary = format!("host='{folder}' port={port} user=postgres application_name=standby");
        let standby = Self::make(options, |bin, guard, data| {
            let from = format!("{bin}/pg_basebackup");
            guard.run(&[&from, "-d", &primary, "-D", data, "-R", "-X", "stream", "-c", "fast", "--no-sync"])
        })?;
        self.psql("postgres", WAIT)?;
        Ok(standby)
    }

    /// Says whether the standby has on its disk all that was on the disk here before, and commits wait for it. What a server
    /// that crashed had committed without it can be seen before it has that.
    pub fn is_followed(&self) -> io::Result<bool> {
        let here = self.psql("postgres", "SELECT pg_current_wal_flush_lsn()")?;
        let there = format!(
            "SELECT EXISTS (SELECT FROM pg_stat_replication
            WHERE sync_state = 'sync' AND state = 'streaming' AND flush_lsn >= '{here}')"
        );
        Ok(self.psql("postgres", &there)? == "t")
    }

    /// Makes a standby the primary. It is writable when this returns.
    pub fn promote(&self) -> io::Result<()> {
        self.control(&["-w", "-t", "60", "promote"])
    }
}
