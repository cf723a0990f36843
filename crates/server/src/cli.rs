//! The command line.

mod read;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use hongbao_domain::id::UserId;

pub(crate) use self::read::refuse;
use crate::{
    commands::{
        admin::{CoinCommand, GroupCommand, MovementOptions, PacketCommand, SessionCommand, UserCommand},
        health::Target,
        transfer::TransferOptions,
    },
    listen::Listen,
};

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
`sandbox` and `transfer-store` read no settings.";

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
    Serve {
        /// Run everything on this machine with demo users and money, in a store of its own.
        #[arg(long)]
        demo: bool,
    },
    /// Run a local `RongCloud` only.
    Sandbox(SandboxOptions),
    /// Print the effective settings, secrets masked.
    Config,
    /// Ask a running server whether it is ready.
    ///
    /// Exit status 0 if it is, 1 if it is not, 2 if it cannot be asked.
    Health {
        /// The server; without it the one that listens on `http.listen` of this machine.
        #[arg(long, value_name = "http://HOST:PORT")]
        url: Option<Target>,
    },
    /// Bring the schema of the store that is set up to date, and say what was applied.
    ///
    /// The server does so itself when it starts, unless `database.migrate` is false. A store that is not there yet is made.
    Migrate {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Look into a store and change it, also while the server runs.
    ///
    /// What the business refuses ends with exit status 1, any other trouble with 2.
    ///
    /// A store that does not exist yet is made by `user add` and `coin add`, as a real one, so that a deployment can be
    /// set up before its first start; all other commands need one that is there. The demo's store is made by `hongbao
    /// serve --demo` and changed only with --demo.
    Admin(Admin),
    /// Move everything that one store keeps to another, while no server runs on either, and prove that nothing is lost.
    ///
    /// Either everything is there afterwards or nothing. Exit status: 0 if it is done, 2 if not.
    ///
    /// Arguments are seen by everybody on the machine: leave the password of a database out of its URL and set
    /// PGPASSWORD, or use a password file.
    TransferStore(TransferOptions),
    /// Look at the IM cloud that is set.
    Im(Im),
}

impl Command {
    /// Whether a program reads what is printed.
    pub(crate) const fn is_json(&self) -> bool {
        match self {
            Self::Admin(Admin { json, .. })
            | Self::Migrate { json }
            | Self::Im(Im { command: ImCommand::Check { json } }) => *json,
            Self::TransferStore(options) => options.json,
            Self::Serve { .. } | Self::Sandbox(_) | Self::Config | Self::Health { .. } => false,
        }
    }
}

/// What is asked about the IM cloud.
#[derive(Debug, Args)]
pub(crate) struct Im {
    #[command(subcommand)]
    pub(crate) command: ImCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ImCommand {
    /// Sign in to each host that is set and say what is wrong with it, or that all is well. Changes nothing there.
    ///
    /// Exit status: 0 if all is well, 1 if the cloud refuses, 2 if it cannot be tried.
    Check {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// How the sandbox runs on its own.
#[derive(Debug, Args)]
pub(crate) struct SandboxOptions {
    /// Address to listen on, as in `127.0.0.1:9090` or `localhost:9090`.
    #[arg(long, default_value = "127.0.0.1:9090", value_name = "ADDRESS")]
    pub(crate) listen: Listen,
    /// App key that requests must carry.
    #[arg(long, value_name = "KEY")]
    pub(crate) app_key: String,
    /// App secret that requests must be signed with.
    #[arg(long, value_name = "SECRET")]
    pub(crate) app_secret: String,
}

/// What an administrator asks for.
#[derive(Debug, Args)]
pub(crate) struct Admin {
    /// Print JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Use the demo's store: `sqlite://data/demo.db`, unless `database.url` is set.
    #[arg(long, global = true)]
    pub(crate) demo: bool,
    #[command(subcommand)]
    pub(crate) command: AdminCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// Who exists, and how one stands.
    #[command(subcommand)]
    User(UserCommand),
    /// Who is logged in.
    #[command(subcommand)]
    Session(SessionCommand),
    /// What red packets can be sent in.
    #[command(subcommand)]
    Coin(CoinCommand),
    /// Bring money in from outside, once for each reference.
    Deposit(MovementOptions),
    /// Take money out, once for each reference.
    Withdraw(MovementOptions),
    /// What became of a red packet.
    #[command(subcommand)]
    Packet(PacketCommand),
    /// Groups that the IM cloud does not show as they should be.
    #[command(subcommand)]
    Group(GroupCommand),
    /// What a user has of each coin.
    Balance {
        /// The user's id.
        user: UserId,
    },
    /// Prove that the money holds; exit status 1 if it does not.
    Audit,
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
