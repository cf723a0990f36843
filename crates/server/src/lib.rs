//! The Hongbao server and its command line, as a library: the program only calls [`run`].
//!
//! What belongs here: settings, telemetry, wiring. What must not: anything that a crate without settings could do.

mod cli;
mod commands;
mod compose;
mod error;
mod im;
mod listen;
mod mask;
mod print;
mod settings;
mod signal;
mod store;
mod system;
mod telemetry;

use std::process::ExitCode;

use crate::{
    cli::{Cli, Command},
    commands::{admin, health, migrate, sandbox, transfer},
    error::CliError,
    print::print_error,
    settings::Settings,
};

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

/// The code of settings that cannot be used.
const SETTINGS_INVALID: &str = "settings_invalid";

fn dispatch(cli: Cli) -> Result<ExitCode, CliError> {
    if let Command::Sandbox(options) = cli.command {
        telemetry::start(&settings::Log::default())?;
        return block_on(sandbox::run(options));
    }
    if let Command::TransferStore(options) = cli.command {
        return block_on(transfer::run(options));
    }
    let settings = Settings::load(&cli.common).map_err(|error| error.with_code(SETTINGS_INVALID))?;
    match cli.command {
        Command::Config => {
            let checked = telemetry::check(&settings.log).and_then(|()| compose::check(&settings));
            checked.map_err(|error| error.with_code(SETTINGS_INVALID))?;
            settings::print(&settings)
        }
        Command::Serve { demo } => {
            telemetry::start(&settings.log)?;
            block_on(compose::run(settings, demo))
        }
        Command::Health { url } => block_on(health::run(&settings, url)),
        Command::Admin(admin) => block_on(admin::run(&settings, admin)),
        Command::Im(im) => block_on(im::run(&settings, im)),
        Command::Migrate { json } => block_on(migrate::run(&settings, json)),
        Command::Sandbox(_) | Command::TransferStore(_) => Ok(ExitCode::SUCCESS),
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
