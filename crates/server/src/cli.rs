//! The command line: which commands there are, and where settings come from.

mod read;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use self::read::refuse;
use crate::commands::{admin, health, im, migrate, openapi, sandbox, serve, transfer};

/// Sessions, messages and red packets between an app and its IM cloud.
#[derive(Debug, Parser)]
#[command(name = "hongbao", version, after_help = SETTINGS)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const SETTINGS: &str = "\
Settings are given, weakest first, by
  defaults      `hongbao config` prints all settings and what they are set to
  a file        --config FILE, or else hongbao.toml in the working directory if there is one
  environment   HONGBAO__SECTION__KEY, e.g. HONGBAO__HTTP__LISTEN=127.0.0.1:8081
  flags         --set SECTION.KEY=VALUE, e.g. --set http.listen=127.0.0.1:8081
Give secrets by a file or the environment: every user of the machine can see flags.
`openapi`, `sandbox` and `transfer-store` read no settings.";

/// Where settings come from, beside the environment.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// Settings file; without it `hongbao.toml` is read if there is one. `HONGBAO__SECTION__KEY` in the environment
    /// outweighs it.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Override one setting, e.g. `--set http.listen=127.0.0.1:8081`. May be repeated. `hongbao config` prints them all.
    #[arg(long, global = true, value_name = "SECTION.KEY=VALUE", value_parser = assignment)]
    pub(crate) set: Vec<(String, String)>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server.
    Serve(serve::Args),
    /// Run a local `RongCloud` only.
    Sandbox(sandbox::Args),
    /// Print the effective settings, secrets masked.
    Config,
    /// Ask a running server whether it is ready.
    ///
    /// Exit status 0 if it is, 1 if it is not, 2 if it cannot be asked.
    Health(health::Args),
    /// Bring the schema of the store that is set up to date, and say what was applied.
    ///
    /// The server does so itself when it starts, unless `database.migrate` is false. A store that is not there yet is made.
    Migrate(migrate::Args),
    /// Look into a store and change it, also while the server runs.
    ///
    /// What the business refuses ends with exit status 1, any other trouble with 2.
    ///
    /// A store that does not exist yet is made by `user add` and `coin add`, as a real one, so that a deployment can be
    /// set up before its first start; all other commands need one that is there. The demo's store is made by `hongbao
    /// serve --demo` and changed only with --demo.
    Admin(Box<admin::Args>),
    /// Move everything that one store keeps to another, while no server runs on either, and prove that nothing is lost.
    ///
    /// Either everything is there afterwards or nothing. Exit status: 0 if it is done, 2 if not.
    ///
    /// Arguments are seen by everybody on the machine: leave the password of a database out of its URL and set
    /// PGPASSWORD, or use a password file.
    TransferStore(transfer::Args),
    /// Look at the IM cloud that is set.
    Im(im::Args),
    /// Print the description of an HTTP API: `OpenAPI` 3.1, as the server has it at `/openapi.json`.
    Openapi(openapi::Args),
}

impl Command {
    /// Whether a program reads what is printed.
    pub(crate) const fn is_json(&self) -> bool {
        match self {
            Self::Admin(args) => args.json,
            Self::Migrate(args) => args.json,
            Self::TransferStore(args) => args.json,
            Self::Im(args) => args.is_json(),
            Self::Serve(_) | Self::Sandbox(_) | Self::Config | Self::Health(_) | Self::Openapi(_) => false,
        }
    }
}

/// Splits `SECTION.KEY=VALUE`. Never a whole section: which of its other settings then count would be left to chance.
fn assignment(text: &str) -> Result<(String, String), String> {
    let form = "it is not of the form SECTION.KEY=VALUE";
    let (name, value) = text.split_once('=').ok_or(form)?;
    let (section, key) = name.split_once('.').ok_or(form)?;
    if section.is_empty() || key.is_empty() || key.contains('.') {
        return Err(form.to_owned());
    }
    Ok((name.to_owned(), value.to_owned()))
}
