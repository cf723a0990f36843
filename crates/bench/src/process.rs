//! Programs that run beside us and end with us.

use std::{
    env, io,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::error::BenchError;

const TIMEOUT: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(20);

/// A server in a process of its own.
pub(crate) struct Process {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

impl Process {
    /// Starts a program that will listen on `address`, and waits until it does.
    pub(crate) fn start(program: &Path, arguments: &[String], address: SocketAddr) -> Result<Self, BenchError> {
        Self::start_under(&[], program, arguments, address)
    }

    /// Starts it with more variables in its environment.
    pub(crate) fn start_under(
        variables: &[(&str, String)],
        program: &Path,
        arguments: &[String],
        address: SocketAddr,
    ) -> Result<Self, BenchError> {
        let cannot = |error| BenchError::because(format_args!("cannot start {}", program.display()), error);
        // The kernel ends it when we are gone, however that comes about.
        let mut command = Command::new("setpriv");
        command
            .args(["--pdeathsig", "TERM"])
            .arg(program)
            .args(arguments)
            .envs(variables.iter().map(|(name, value)| (name, value)));
        let child = without_settings(&mut command).stdin(Stdio::null()).spawn().map_err(cannot)?;
        let mut process = Self { child, address };
        process.wait_until_it_listens()?;
        Ok(process)
    }

    fn wait_until_it_listens(&mut self) -> Result<(), BenchError> {
        let until = Instant::now() + TIMEOUT;
        while TcpStream::connect(self.address).is_err() {
            let ended = self.child.try_wait().map_err(|error| BenchError::because("cannot watch a process", error))?;
            if ended.is_some() || Instant::now() > until {
                return Err(BenchError::new(format!("nobody listens on {}", self.address)));
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// Tells it to stop and waits until it has.
    fn stop(&mut self) -> io::Result<()> {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        let until = Instant::now() + TIMEOUT;
        while self.child.try_wait()?.is_none() {
            if Instant::now() > until {
                return self.child.kill().and_then(|()| self.child.wait()).map(drop);
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // No more can be done about a process that cannot be stopped; the kernel ends it with us.
        drop(self.stop());
    }
}

/// Takes our own settings out of a program's environment: only what is given by flags counts.
pub(crate) fn without_settings(command: &mut Command) -> &mut Command {
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("HONGBAO__")) {
            command.env_remove(name);
        }
    }
    command
}

/// Gives an address of this machine on which no program listens.
pub(crate) fn free_address() -> Result<SocketAddr, BenchError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    listener
        .and_then(|listener| listener.local_addr())
        .map_err(|error| BenchError::because("cannot find a port", error))
}
