//! A program that runs beside us and never outlives us.

use std::{
    env,
    fs::{File, OpenOptions},
    io::{BufRead, BufReader, Read, Write},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use crate::error::TortureError;

const PAUSE: Duration = Duration::from_millis(10);

/// What a server says when it serves, and a sandbox.
const LISTENS: [&str; 2] = ["listening on http://", "sandbox on http://"];

/// What goes before the address of a server's admin API, in the line that says what it starts with.
const ADMIN: &str = "admin.address=";

/// What no server logs, whatever is broken around it: that it panicked, or that an engineer must act.
const ALARMS: [&str; 2] = ["panicked", " ERROR "];

/// A running program. Dropping it kills it.
pub(crate) struct Program {
    child: Child,
    seen: Arc<Mutex<Seen>>,
}

/// What was read off its output.
#[derive(Default)]
struct Seen {
    address: Option<SocketAddr>,
    admin: Option<SocketAddr>,
    alarms: Vec<String>,
}

impl Program {
    /// Starts a program by its command line, with an environment of its own. Its output goes to the end of `log`.
    ///
    /// The kernel ends it with the thread that calls this, however that ends. It is not killed by a write to a full disk.
    pub(crate) fn start(
        command_line: &[String],
        environment: &[(&str, String)],
        folder: &Path,
        log: &Path,
    ) -> Result<Self, TortureError> {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "sh", "-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).args(command_line);
        command.env_clear().env("PATH", env::var_os("PATH").unwrap_or_default()).current_dir(folder);
        command.envs(environment.iter().map(|(name, value)| (*name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let seen = Arc::<Mutex<Seen>>::default();
        let file = Arc::new(OpenOptions::new().create(true).append(true).open(log)?);
        if let Some(output) = child.stdout.take() {
            watch(output, &file, &seen);
        }
        if let Some(output) = child.stderr.take() {
            watch(output, &file, &seen);
        }
        Ok(Self { child, seen })
    }

    /// Gives where it listens, once it has said so.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.seen().address
    }

    /// Gives where its admin API listens, once it has said so.
    pub(crate) fn admin(&self) -> Option<SocketAddr> {
        self.seen().admin
    }

    /// Gives how it ended, if it has.
    pub(crate) fn end(&mut self) -> Result<Option<ExitStatus>, TortureError> {
        Ok(self.child.try_wait()?)
    }

    /// Waits until it says where it listens.
    pub(crate) fn listening(&mut self, limit: Duration) -> Result<SocketAddr, TortureError> {
        let until = Instant::now() + limit;
        while self.address().is_none() {
            if self.end()?.is_some() || Instant::now() > until {
                return Err(TortureError::new("a program does not say that it listens"));
            }
            thread::sleep(PAUSE);
        }
        self.address().ok_or_else(|| TortureError::new("an address was seen and is gone"))
    }

    /// Sends a signal by its name, unless the program has ended.
    pub(crate) fn signal(&mut self, name: &str) -> Result<(), TortureError> {
        if self.end()?.is_none() {
            Command::new("kill").arg(format!("-{name}")).arg(self.id()).status()?;
        }
        Ok(())
    }

    /// Bounds the size of the files that it writes; `None`: no bound.
    pub(crate) fn limit_files(&mut self, bytes: Option<u64>) -> Result<(), TortureError> {
        if self.end()?.is_none() {
            let limit = bytes.map_or("unlimited".to_owned(), |bytes| bytes.to_string());
            Command::new("prlimit").args(["--pid", &self.id(), &format!("--fsize={limit}:unlimited")]).status()?;
        }
        Ok(())
    }

    /// Waits for its end; one that takes longer is killed, and `None` is given.
    pub(crate) fn ended(&mut self, limit: Duration) -> Result<Option<ExitStatus>, TortureError> {
        let until = Instant::now() + limit;
        loop {
            if let Some(status) = self.end()? {
                return Ok(Some(status));
            }
            if Instant::now() > until {
                return Ok(None);
            }
            thread::sleep(PAUSE);
        }
    }

    /// Gives what it should never have logged since this was last asked.
    pub(crate) fn take_alarms(&self) -> Vec<String> {
        std::mem::take(&mut self.seen().alarms)
    }

    fn id(&self) -> String {
        self.child.id().to_string()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // One that has ended cannot be killed, and that is fine.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Reads all that is written to a pipe, as fast as it is written.
fn watch(output: impl Read + Send + 'static, file: &Arc<File>, seen: &Arc<Mutex<Seen>>) {
    let (file, seen) = (Arc::clone(file), Arc::clone(seen));
    thread::spawn(move || {
        let mut lines = BufReader::new(output);
        let mut line = String::new();
        while matches!(lines.read_line(&mut line), Ok(1..)) {
            // The log helps to find a cause. Without it the verdict is the same.
            drop((&*file).write_all(line.as_bytes()));
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(address) = LISTENS.iter().find_map(|words| address(line.split_once(words)?.1)) {
                seen.address = Some(address);
            }
            if let Some(address) = line.split_once(ADMIN).and_then(|(_, rest)| address(rest)) {
                seen.admin = Some(address);
            }
            if ALARMS.iter().any(|word| line.contains(word)) {
                seen.alarms.push(line.trim_end().to_owned());
            }
            line.clear();
        }
    });
}

/// Reads an address that a line goes on with.
fn address(rest: &str) -> Option<SocketAddr> {
    rest.split([' ', '\n']).next()?.parse().ok()
}
