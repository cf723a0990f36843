//! The Hongbao server and its command line.
//!
//! What belongs here: settings, telemetry, wiring. What must not: anything a library could do.

mod admin;
mod cli;
mod health;
mod im;
mod mask;
mod migrate;
mod print;
mod sandbox;
mod serve;
mod settings;
mod store;
mod system;
mod telemetry;
mod transfer;
mod trouble;

use std::{
    io::{Write, stderr},
    process::ExitCode,
};

use clap::Parser;

use crate::{
    cli::{Cli, Command},
    settings::Settings,
    trouble::Trouble,
};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    match run(cli) {
        Ok(code) => code,
        Err(trouble) => {
            // The exit status says it too, to whoever does not listen.
            drop(writeln!(stderr(), "hongbao: {trouble}"));
            ExitCode::from(2)
        }
    }
}

/// Says what is wrong with the command line, or gives the help that was asked for.
fn refuse(error: &clap::Error) -> ExitCode {
    let code = ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
    let arguments = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned());
    let (plain, masked) = (error.to_string(), mask::arguments(&error.to_string(), arguments));
    // Who does not listen is no trouble.
    if error.use_stderr() && masked != plain {
        drop(write!(stderr(), "{masked}"));
    } else {
        drop(error.print());
    }
    code
}

fn run(cli: Cli) -> Result<ExitCode, Trouble> {
    if let Command::Sandbox(options) = cli.command {
        telemetry::start(&settings::Log::default())?;
        return block_on(sandbox::run(options));
    }
    if let Command::TransferStore(options) = cli.command {
        return block_on(transfer::run(options));
    }
    let settings = Settings::load(&cli.common)?;
    match cli.command {
        Command::Config => settings::print(&settings),
        Command::Serve { demo } => {
            telemetry::start(&settings.log)?;
            block_on(serve::run(settings, demo))
        }
        Command::Health { url } => block_on(health::run(&settings, url)),
        Command::Admin(admin) => block_on(admin::run(&settings, admin)),
        Command::Im(im) => block_on(im::run(&settings, im)),
        Command::Migrate { json } => block_on(migrate::run(&settings, json)),
        Command::Sandbox(_) | Command::TransferStore(_) => Ok(ExitCode::SUCCESS),
    }
}

/// Runs to the end, and does not wait for what is still blocking then: a name look-up may take long.
fn block_on(work: impl Future<Output = Result<ExitCode, Trouble>>) -> Result<ExitCode, Trouble> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Trouble::because("cannot start the runtime", &error))?;
    let outcome = runtime.block_on(work);
    runtime.shutdown_background();
    outcome
}
