//! `hongbao-testbed run -- COMMAND ARGUMENTS…`: runs a command with a private PostgreSQL server for its tests.

mod command;

use std::{env, io, process::ExitCode};

use hongbao_testbed::{Cluster, Options, VARIABLE};

const USAGE: &str = "usage: hongbao-testbed run -- COMMAND [ARGUMENT]...";
const FAILED: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<_> = env::args_os().skip(1).collect();
    let [run, dashes, command @ ..] = &words[..] else { return complain(USAGE) };
    if run != "run" || dashes != "--" || command.is_empty() {
        return complain(USAGE);
    }
    let cluster = match Cluster::open(Options::default()) {
        Ok(cluster) => cluster,
        Err(error) => return complain(&format!("cannot start PostgreSQL: {error}")),
    };
    let status: io::Result<u8> = command::run(command, &[(VARIABLE, &cluster.url("postgres"))]).await;
    // Not left to the end of the process, so that the server is gone when we are.
    drop(cluster);
    status.map_or_else(|error| complain(&format!("cannot run {}: {error}", command[0].display())), ExitCode::from)
}

fn complain(message: &str) -> ExitCode {
    eprintln!("hongbao-testbed: {message}");
    ExitCode::from(FAILED)
}
