//! How fast the server is, beside a textbook handler that does the same work and the ceiling of HTTP.
//!
//! Figures of one machine at one time say little, so all candidates run in one run, in alternating rounds, and what counts
//! is their ratio. Each is a process of its own: the real `hongbao`, and the roles that this program plays besides.
//!
//! What belongs here: load, yardsticks, figures. What must not: anything that another crate uses.

mod audit;
mod beside;
mod candidate;
mod ceiling;
mod cli;
mod client;
mod cloud;
mod contest;
mod error;
mod facts;
mod fill;
mod flood;
mod floor;
mod frames;
mod large;
mod load;
mod process;
mod ratio;
mod report;
mod run;
mod stores;
mod system;
mod textbook;
mod work;

use std::{
    io::{Write, stderr},
    process::ExitCode,
};

use clap::Parser;

use crate::cli::{Cli, Role};

fn main() -> ExitCode {
    match play(Cli::parse().role) {
        Ok(code) => code,
        Err(error) => {
            // The exit status says it too, where standard error is closed.
            drop(writeln!(stderr(), "bench: {error}"));
            ExitCode::from(2)
        }
    }
}

fn play(role: Role) -> Result<ExitCode, error::BenchError> {
    match role {
        Role::Run(options) => run::run(&options),
        Role::Flood(options) => flood::run(&options),
        Role::Audit(options) => beside::audit(&options),
        Role::Prune(options) => beside::prune(&options),
        Role::Cloud { listen } => cloud::run(listen).map(|()| ExitCode::SUCCESS),
        Role::Ceiling { listen } => ceiling::run(listen).map(|()| ExitCode::SUCCESS),
        Role::Textbook { listen, database, cloud } => {
            textbook::run(listen, &database, &cloud).map(|()| ExitCode::SUCCESS)
        }
    }
}
