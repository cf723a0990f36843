//! One at a time, over all processes that use a server.

use std::{
    io::{self, BufRead, BufReader, Write},
    process::{Child, Stdio},
};

use crate::Server;

/// An advisory lock, held by a session of its own. It is given back on drop, or when the process ends.
pub(crate) struct Lock {
    session: Child,
}

impl Lock {
    /// Waits for the lock of that name.
    pub(crate) fn take(server: &Server, name: &str) -> io::Result<Self> {
        let mut session = server.psql_command("postgres").stderr(Stdio::inherit()).spawn()?;
        let mut input = session.stdin.take().expect("the input is a pipe");
        let mut output = BufReader::new(session.stdout.take().expect("the output is a pipe"));
        writeln!(input, "SELECT pg_advisory_lock(hashtextextended('{name}', 0)) IS NULL;\n\\echo locked")?;
        session.stdin = Some(input);
        let mut line = String::new();
        while line != "locked\n" {
            line.clear();
            if output.read_line(&mut line)? == 0 {
                return Err(io::Error::other(format!("cannot lock {name}")));
            }
        }
        Ok(Self { session })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        drop(self.session.stdin.take());
        // A session that cannot be waited for ends at the end of its input all the same.
        let _status = self.session.wait();
    }
}
