//! Those who write while something else works, and what is said of them.

use std::{
    io::{Write, stderr, stdout},
    net::SocketAddr,
    process::ExitCode,
    time::Duration,
};

use tokio::runtime::Builder;

use crate::{
    error::BenchError,
    load::{Measured, drive},
    work::{Keyed, Publishes},
};

pub(super) const WARM_UP: Duration = Duration::from_secs(3);

/// Runs a measurement that says whether its limits were kept.
pub(super) fn run(measurement: impl Future<Output = Result<bool, BenchError>>) -> Result<ExitCode, BenchError> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| BenchError::because("cannot start the runtime", error))?;
    Ok(if runtime.block_on(measurement)? { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

pub(super) fn say(line: &str) -> Result<(), BenchError> {
    writeln!(stdout(), "{line}").map_err(|error| BenchError::because("cannot print", error))
}

pub(super) fn tell(line: &str) {
    // Progress only.
    drop(writeln!(stderr(), "{line}"));
}

/// Those who write: so many connections that publish packets between all users, with other keys in each span.
pub(super) struct Writers {
    pub(super) address: SocketAddr,
    pub(super) connections: usize,
    pub(super) next_key: u64,
}

impl Writers {
    pub(super) async fn write(&mut self, span: Duration) -> Result<Measured, BenchError> {
        let work = Keyed { next_key: self.next_key, publishes: Publishes::new(self.next_key) };
        let (measured, work) = drive(self.address, self.connections, span, work).await?;
        self.next_key = work.next_key;
        Ok(measured)
    }
}
