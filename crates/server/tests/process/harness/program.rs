//! A child process that never outlives its test.

use std::{
    io::{self, Read},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
    time::Duration,
};

use super::until;

/// A running program. Dropping it kills it and waits for its end.
pub(crate) struct Program {
    child: Child,
    stdout: Captured,
    stderr: Captured,
}

impl Program {
    pub(crate) fn start(command: &mut Command) -> Self {
        Self::spawn(command.stderr(Stdio::piped()))
    }

    /// Starts it with a log that breaks at the first line: no process reads the other end.
    pub(crate) fn start_unheard(command: &mut Command) -> Self {
        let (_, nobody_reads) = io::pipe().unwrap();
        Self::spawn(command.stderr(nobody_reads))
    }

    fn spawn(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let stdout = Captured::start(child.stdout.take());
        let stderr = Captured::start(child.stderr.take());
        Self { child, stdout, stderr }
    }

    /// What it has printed so far.
    pub(crate) fn stdout(&self) -> String {
        self.stdout.text()
    }

    /// What it has logged so far.
    pub(crate) fn stderr(&self) -> String {
        self.stderr.text()
    }

    /// Waits until `look` finds something in what is printed or logged. A program that ends before that has failed.
    #[track_caller]
    pub(crate) fn wait_for<T>(&mut self, what: &str, limit: Duration, look: impl Fn(&Self) -> Option<T>) -> T {
        until(limit, what, || {
            let ended = self.child.try_wait().unwrap();
            let seen = look(self);
            assert!(seen.is_some() || ended.is_none(), "it ended with {ended:?} before {what}: {}", self.stderr());
            seen
        })
    }

    /// The number that the operating system has for it.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal: `INT` is what Ctrl-C sends.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status().unwrap();
        assert!(sent.success(), "{sent}");
    }

    /// Kills it as `kill -9` does: it can neither refuse nor say goodbye. Gives what it had logged.
    pub(crate) fn kill(mut self) -> String {
        assert_eq!(self.child.try_wait().unwrap(), None, "it ended by itself: {}", self.stderr());
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.stderr.all()
    }

    /// Waits for its end, and gives how it ended and all that it printed and logged.
    #[track_caller]
    pub(crate) fn ended(mut self, limit: Duration) -> (ExitStatus, String, String) {
        let status = until(limit, "the end of the program", || self.child.try_wait().unwrap());
        (status, self.stdout.all(), self.stderr.all())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A pipe that is read as fast as it is written, so that its writer does not wait for it.
struct Captured {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl Captured {
    fn start(pipe: Option<impl Read + Send + 'static>) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&bytes);
        let reader = pipe.map(|mut pipe| {
            thread::spawn(move || {
                let mut chunk = [0; 4096];
                while let Ok(length @ 1..) = pipe.read(&mut chunk) {
                    kept.lock().unwrap().extend_from_slice(&chunk[..length]);
                }
            })
        });
        Self { bytes, reader }
    }

    fn text(&self) -> String {
        String::from_utf8(self.bytes.lock().unwrap().clone()).unwrap()
    }

    /// Everything, to the last byte.
    fn all(&mut self) -> String {
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        self.text()
    }
}
