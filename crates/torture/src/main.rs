//! Real servers under random clients while everything around them breaks, and a checker of what they said.
//!
//! A trial starts the real program several times over one store, a sandbox as its cloud, and clients who want everything at
//! once. From a seed, processes are killed and stopped, connections lost, disks filled, clocks shifted. Everything that was
//! asked and answered is written down. Then all is mended, and a checker holds the history against the rows of the store
//! and the inboxes of the cloud.
//!
//! What belongs here: what an outsider can do to servers, and see of them. What must not: code of the product. The checker
//! would share its mistakes.

mod check;
mod cli;
mod clients;
mod dice;
mod error;
mod history;
mod plan;
mod read;
mod receiver;
mod report;
mod run;
mod settings;
mod state;
mod want;
mod wire;
mod world;

use std::{
    io::{Write, stderr},
    process::ExitCode,
};

use clap::Parser;

use crate::{
    cli::{Cli, Role},
    error::TortureError,
};

fn main() -> ExitCode {
    match play(Cli::parse().role) {
        Ok(code) => code,
        Err(error) => {
            // The exit status says it too, where standard error is closed.
            drop(writeln!(stderr(), "torture: {error}"));
            ExitCode::from(2)
        }
    }
}

fn play(role: Role) -> Result<ExitCode, TortureError> {
    match role {
        Role::Run(options) => {
            let verdict = run::run(&options)?;
            report::print(&verdict, options.planted)
        }
        Role::Plan(options) => report::print_plan(&options),
        Role::Check { folder } => {
            let (history, violations) = run::check(&folder)?;
            report::print_check(&history, &violations)
        }
    }
}
