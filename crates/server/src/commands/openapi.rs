//! Printing the description of an HTTP API.

use std::process::ExitCode;

use hongbao_api::openapi;

use crate::{error::CliError, print::print};

/// Which API is described.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// `im`: what an app calls for its users. `admin`: what its backend calls.
    api: Api,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Api {
    Im,
    Admin,
}

/// Prints the document as its server serves it, with line breaks.
pub(crate) fn run(args: &Args) -> Result<ExitCode, CliError> {
    let version = env!("CARGO_PKG_VERSION");
    let document = match args.api {
        Api::Im => openapi::im(version),
        Api::Admin => openapi::admin(version),
    };
    print(&format!("{document:#}\n"))?;
    Ok(ExitCode::SUCCESS)
}
