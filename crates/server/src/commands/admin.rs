//! What an administrator does to a store from outside, also while the server runs.

mod argument;
mod audit;
mod balance;
mod coin;
mod command_error;
mod context;
mod group;
mod movement;
mod outbox;
mod packet;
mod remote;
mod session;
mod token;
mod user;
mod webhook;

use std::process::ExitCode;

use clap::Subcommand;

use self::{
    coin::CoinCommand,
    context::{AdminContext, CommandError},
    group::GroupCommand,
    outbox::OutboxCommand,
    packet::PacketCommand,
    session::SessionCommand,
    token::TokenCommand,
    user::UserCommand,
    webhook::WebhookCommand,
};
use crate::{error::CliError, print::print_error, settings::Settings};

/// What an administrator asks for.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Use the demo's store: `sqlite://data/demo.db`, unless `database.url` is set.
    #[arg(long, global = true)]
    demo: bool,
    #[command(flatten)]
    remote: remote::Options,
    #[command(subcommand)]
    command: AdminCommand,
}

#[derive(Debug, Subcommand)]
enum AdminCommand {
    /// Who exists, and what each may do.
    #[command(subcommand)]
    User(UserCommand),
    /// Who is logged in.
    #[command(subcommand)]
    Session(SessionCommand),
    /// What red packets can be sent in.
    #[command(subcommand)]
    Coin(CoinCommand),
    /// Bring money in from outside, once for each reference.
    Deposit(movement::Args),
    /// Take money out, once for each reference.
    Withdraw(movement::Args),
    /// What became of a red packet.
    #[command(subcommand)]
    Packet(PacketCommand),
    /// Groups that the IM cloud does not show as they should be.
    #[command(subcommand)]
    Group(GroupCommand),
    /// What the outside is told, and what of it is not delivered.
    #[command(subcommand)]
    Outbox(OutboxCommand),
    /// Endpoints of the app's backend that are told what happens.
    #[command(subcommand)]
    Webhook(WebhookCommand),
    /// Tokens that administrators show over HTTP.
    #[command(subcommand)]
    Token(TokenCommand),
    /// What a user has of each coin.
    Balance(balance::Args),
    /// Prove that the money holds; exit status 1 if it does not, 2 if it does and something is overdue.
    Audit,
}

/// The priority of what may take as long as it likes.
const LEAST_PRIORITY: i32 = 19;

impl Args {
    /// Lets all else on this machine go first if the command reads the whole store. Threads inherit it: call it before there
    /// are any.
    pub(crate) fn give_way(&self) {
        if matches!(self.command, AdminCommand::Audit) {
            // Without it the audit is only more in the way of others.
            let _not_allowed = rustix::process::nice(LEAST_PRIORITY);
        }
    }
}

/// Runs one administrator's command. What the business refuses ends with exit status 1.
pub(crate) async fn run(settings: &Settings, args: Args) -> Result<ExitCode, CliError> {
    let remote = args.remote.remote()?;
    let context = AdminContext { settings, demo: args.demo, json: args.json, remote };
    match dispatch(&context, args.command).await {
        Ok(code) => Ok(code),
        Err(CommandError::Refused { code, sentence }) => {
            print_error(context.json, code, &sentence);
            Ok(ExitCode::from(1))
        }
        Err(CommandError::RefusedThere { code, sentence }) => {
            print_error(context.json, &code, &sentence);
            Ok(ExitCode::from(1))
        }
        Err(CommandError::Broke(error)) => Err(error),
    }
}

async fn dispatch(context: &AdminContext<'_>, command: AdminCommand) -> Result<ExitCode, CommandError> {
    match command {
        AdminCommand::User(command) => user::run(context, command).await,
        AdminCommand::Session(command) => session::run(context, command).await,
        AdminCommand::Coin(command) => coin::run(context, command).await,
        AdminCommand::Deposit(args) => movement::deposit(context, args).await,
        AdminCommand::Withdraw(args) => movement::withdraw(context, args).await,
        AdminCommand::Packet(command) => packet::run(context, command).await,
        AdminCommand::Group(command) => group::run(context, command).await,
        AdminCommand::Outbox(command) => outbox::run(context, command).await,
        AdminCommand::Webhook(command) => webhook::run(context, command).await,
        AdminCommand::Token(command) => token::run(context, command).await,
        AdminCommand::Balance(args) => balance::run(context, args).await,
        AdminCommand::Audit => audit::run(context).await,
    }
}
