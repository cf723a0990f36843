//! What an administrator does to a store from outside, also while the server runs.

mod audit;
mod balance;
mod coin;
mod group;
mod movement;
mod office;
mod packet;
mod page;
mod session;
mod user;

use std::process::ExitCode;

use self::office::{NotDone, Office};
pub(crate) use self::{
    audit::Report as AuditReport, coin::CoinCommand, group::GroupCommand, movement::MovementOptions,
    packet::PacketCommand, session::SessionCommand, user::UserCommand,
};
use crate::{
    cli::{Admin, AdminCommand},
    print::print_error,
    settings::Settings,
    trouble::Trouble,
};

/// Runs one administrator's command. What the business refuses ends with exit status 1.
pub(crate) async fn run(settings: &Settings, admin: Admin) -> Result<ExitCode, Trouble> {
    let office = Office { settings, demo: admin.demo, json: admin.json };
    match dispatch(&office, admin.command).await {
        Ok(code) => Ok(code),
        Err(NotDone::Refused { code, sentence }) => {
            print_error(office.json, code, &sentence);
            Ok(ExitCode::from(1))
        }
        Err(NotDone::Broke(trouble)) => Err(trouble),
    }
}

async fn dispatch(office: &Office<'_>, command: AdminCommand) -> Result<ExitCode, NotDone> {
    match command {
        AdminCommand::User(command) => user::run(office, command).await,
        AdminCommand::Session(command) => session::run(office, command).await,
        AdminCommand::Coin(command) => coin::run(office, command).await,
        AdminCommand::Deposit(options) => movement::deposit(office, options).await,
        AdminCommand::Withdraw(options) => movement::withdraw(office, options).await,
        AdminCommand::Packet(command) => packet::run(office, command).await,
        AdminCommand::Group(command) => group::run(office, command).await,
        AdminCommand::Balance { user } => balance::run(office, user).await,
        AdminCommand::Audit => audit::run(office).await,
    }
}
