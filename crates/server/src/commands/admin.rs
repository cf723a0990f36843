//! What an administrator does to a store from outside, also while the server runs.

mod audit;
mod balance;
mod coin;
mod context;
mod group;
mod movement;
mod packet;
mod page;
mod session;
mod user;

use std::process::ExitCode;

use self::context::{AdminContext, CommandError};
pub(crate) use self::{
    audit::Report as AuditReport, coin::CoinCommand, group::GroupCommand, movement::MovementOptions,
    packet::PacketCommand, session::SessionCommand, user::UserCommand,
};
use crate::{
    cli::{Admin, AdminCommand},
    error::CliError,
    print::print_error,
    settings::Settings,
};

/// Runs one administrator's command. What the business refuses ends with exit status 1.
pub(crate) async fn run(settings: &Settings, admin: Admin) -> Result<ExitCode, CliError> {
    let context = AdminContext { settings, demo: admin.demo, json: admin.json };
    match dispatch(&context, admin.command).await {
        Ok(code) => Ok(code),
        Err(CommandError::Refused { code, sentence }) => {
            print_error(context.json, code, &sentence);
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
        AdminCommand::Deposit(options) => movement::deposit(context, options).await,
        AdminCommand::Withdraw(options) => movement::withdraw(context, options).await,
        AdminCommand::Packet(command) => packet::run(context, command).await,
        AdminCommand::Group(command) => group::run(context, command).await,
        AdminCommand::Balance { user } => balance::run(context, user).await,
        AdminCommand::Audit => audit::run(context).await,
    }
}
