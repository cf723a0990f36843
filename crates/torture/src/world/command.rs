//! `hongbao admin` as a process of its own, which may be killed halfway.

use std::{
    io::Write,
    path::PathBuf,
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::error::TortureError;

const PAUSE: Duration = Duration::from_millis(5);

/// The command line of an administrator, by which a store is changed beside its servers.
pub(crate) struct AdminCommand {
    pub(super) program: String,
    /// What comes after the arguments.
    pub(super) settings: Vec<String>,
    pub(super) environment: Vec<(&'static str, String)>,
    pub(super) folder: PathBuf,
}

impl AdminCommand {
    /// Runs a command; one that takes longer than `limit` is killed, and `None` is given.
    ///
    /// The kernel ends it with the thread that calls this.
    pub(crate) fn run(&self, arguments: &[&str], input: &str, limit: Duration) -> Result<Option<Output>, TortureError> {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", &self.program, "admin"]).args(arguments).args(&self.settings);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).current_dir(&self.folder);
        command.envs(self.environment.iter().map(|(name, value)| (*name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let until = Instant::now() + limit;
        if let Some(mut pipe) = child.stdin.take() {
            // One that reads nothing may have ended before.
            drop(pipe.write_all(input.as_bytes()));
        }
        while child.try_wait()?.is_none() {
            if Instant::now() > until {
                child.kill()?;
                child.wait()?;
                return Ok(None);
            }
            thread::sleep(PAUSE);
        }
        Ok(Some(child.wait_with_output()?))
    }
}
