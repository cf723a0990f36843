//! The Hongbao server and its command line, as a library: the program only calls [`run`].
//!
//! A program of your own reads [`settings::Settings`] and runs them as a [`compose::Server`].
//!
//! What belongs here: settings, telemetry, wiring. What must not: anything that a crate without settings could do.

mod cli;
mod commands;
pub mod compose;
mod error;
mod im;
mod listen;
mod mask;
mod metrics;
mod notify;
#[cfg(feature = "planted-defects")]
mod planted;
mod print;
pub mod settings;
mod signal;
mod store;
mod system;
mod telemetry;

use std::process::ExitCode;

use crate::{
    cli::{Cli, Command},
    print::print_error,
    settings::Settings,
};
pub use crate::{error::CliError, listen::Listen};

/// Reads the command line, does what it says, and gives the exit status of the program.
pub fn run() -> ExitCode {
    let cli = match Cli::read() {
        Ok(cli) => cli,
        Err(misuse) => return cli::refuse(&misuse),
    };
    let as_json = cli.command.is_json();
    dispatch(cli).unwrap_or_else(|error| {
        print_error(as_json, error.code(), &error);
        ExitCode::from(2)
    })
}

fn dispatch(cli: Cli) -> Result<ExitCode, CliError> {
    #[cfg(feature = "planted-defects")]
    planted::plant_from_environment()?;
    let settings = || Settings::load(cli.common.config.as_deref(), &cli.common.set);
    match cli.command {
        Command::Sandbox(args) => block_on(commands::sandbox::run(args)),
        Command::TransferStore(args) => block_on(commands::transfer::run(args)),
        Command::Openapi(args) => commands::openapi::run(&args),
        Command::Config => commands::config::run(&settings()?),
        Command::Serve(args) => block_on(commands::serve::run(settings()?, args)),
        Command::Health(args) => block_on(commands::health::run(&settings()?, args)),
        Command::Admin(args) => {
            args.give_way();
            block_on(commands::admin::run(&settings()?, *args))
        }
        Command::Im(args) => block_on(commands::im::run(&settings()?, args)),
        Command::Migrate(args) => block_on(commands::migrate::run(&settings()?, args)),
    }
}

/// Runs to the end, and does not wait for what is still blocking then: a name look-up may take long.
fn block_on(work: impl Future<Output = Result<ExitCode, CliError>>) -> Result<ExitCode, CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| CliError::because("cannot start the runtime", &error))?;
    let outcome = runtime.block_on(work);
    runtime.shutdown_background();
    outcome
}
