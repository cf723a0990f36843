//! Looking into a store from outside, also while the server runs.

mod audit;
mod balance;

use std::{process::ExitCode, sync::Arc};

use hongbao_sqlite::SqliteStore;

use crate::{
    cli::{Admin, AdminCommand},
    settings::Settings,
    system::SystemClock,
    trouble::Trouble,
};

/// Runs one administrator's command.
pub(crate) async fn run(settings: &Settings, admin: Admin) -> Result<ExitCode, Trouble> {
    let url = settings.database_url(admin.demo)?;
    let options = hongbao_sqlite::Settings { create: false, ..hongbao_sqlite::Settings::new(url.clone()) };
    let store = SqliteStore::open(&options, Arc::new(SystemClock)).await.map_err(|error| {
        Trouble::because(format_args!("cannot open {url} (set database.url, or add --demo for the demo's)"), &error)
    })?;
    let outcome = match admin.command {
        AdminCommand::Balance { user } => balance::run(&store, &user, admin.json).await,
        AdminCommand::Audit => audit::run(&store, admin.json).await,
    };
    store.close().await;
    outcome
}
