//! What all commands share: it opens the store for them, closes it after them, and prints what came of them.

use std::{
    fmt,
    io::{Write, stderr},
    path::Path,
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use hongbao_app::admin::{Admin, Audits};
use hongbao_http::{AdminShared, RequestMetrics, ServeAdmin, do_at_once};
use hongbao_ports::Deployment;
use hongbao_store::Batches;
use serde::Serialize;
use tokio::runtime::Handle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub(super) use super::command_error::CommandError;
use super::remote::Remote;
use crate::{
    compose::{audience, webhook_rules},
    error::CliError,
    print::print,
    settings::{Place, Settings},
    store::{self, Form, Store},
    system::{SystemClock, SystemIds, random},
};

/// What a command does to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// It only reads.
    Read,
    /// It changes what is there.
    Change,
    /// It may be the first that a deployment ever does: a store that does not exist is made, unless it is the demo's.
    Create,
}

/// What all commands share.
pub(super) struct AdminContext<'settings> {
    pub(super) settings: &'settings Settings,
    pub(super) demo: bool,
    pub(super) json: bool,
    /// The server that is asked in place of the store.
    pub(super) remote: Option<Remote>,
}

impl AdminContext<'_> {
    /// Does some work with the store and closes it again.
    async fn with_store<T>(
        &self,
        access: Access,
        work: impl AsyncFnOnce(&Arc<dyn Store>) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        let store = self.open(access).await?;
        let done = match access {
            Access::Read => work(&store).await,
            Access::Change | Access::Create => match self.mark(store.as_ref()).await {
                Ok(()) => work(&store).await,
                Err(error) => Err(error),
            },
        };
        store.close().await;
        done
    }

    /// Does some work with the use cases over the store.
    pub(super) async fn with_admin<T>(
        &self,
        access: Access,
        work: impl AsyncFnOnce(Admin) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        self.with_store(access, async |store: &Arc<dyn Store>| {
            let audience = audience(self.settings, store.as_ref()).await;
            let audience = audience.map_err(|fault| CommandError::broke("cannot read who is told", &fault))?;
            let batches = Batches::start(store.clone(), Arc::new(SystemIds), hongbao_store::Settings::default());
            batches.audience().send_replace(Arc::new(audience));
            let batches = Arc::new(batches);
            let done = work(Admin::new(batches.clone(), store.clone(), Audits::default())).await;
            batches.close().await;
            done
        })
        .await
    }

    /// Has an endpoint of the admin API answer: that of a server, or what is behind it, over the store.
    pub(super) async fn ask<E: ServeAdmin>(
        &self,
        access: Access,
        what: &str,
        request: E::Request,
    ) -> Result<E::Data, CommandError> {
        if let Some(remote) = &self.remote {
            return remote.ask::<E>(&request).await;
        }
        self.with_admin(access, async |admin: Admin| {
            let shared = AdminShared {
                admin,
                im_users: None,
                clock: Arc::new(SystemClock),
                ids: Arc::new(SystemIds),
                random,
                webhooks: webhook_rules(self.settings.webhook.allow_private_targets),
                id_alphabet: self.settings.im.id_alphabet(),
                deadline: Duration::from_hours(1),
                operations: TaskTracker::new(),
                runtime: Handle::current(),
                stopping: CancellationToken::new(),
                requests: RequestMetrics::of_admin(),
                metrics: Arc::new(String::new),
            };
            do_at_once::<E>(&shared, request).await.map_err(|failure| CommandError::of(what, failure))
        })
        .await
    }

    async fn open(&self, access: Access) -> Result<Arc<dyn Store>, CliError> {
        let form = if access == Access::Create && !self.demo { Form::Made } else { Form::Kept };
        let lacks_demo = self.lacks_demo();
        let opened = store::open(self.settings, self.demo, form, Arc::new(SystemClock), Arc::new(SystemIds)).await;
        opened
            .map_err(|error| {
                let error = if error.code() == "failed" { error.with_code("store_not_opened") } else { error };
                if lacks_demo { error.with_hint("the demo's store is here: add --demo to use that one") } else { error }
            })
            .inspect(|_| {
                // Most likely the demo was meant, and a real store is not taken back.
                if lacks_demo && !self.json {
                    drop(writeln!(
                        stderr(),
                        "hongbao: a real store is made beside the demo's; --demo changes the demo's"
                    ));
                }
            })
    }

    /// Whether the demo's store is the only one that is here, and not asked for.
    fn lacks_demo(&self) -> bool {
        let is_there = |demo| match self.settings.place(demo) {
            Ok(Place::Sqlite(url)) => url.strip_prefix("sqlite://").is_some_and(|path| Path::new(path).exists()),
            Ok(Place::Postgres(_)) | Err(_) => false,
        };
        !self.demo && !is_there(false) && is_there(true)
    }

    /// Keeps real money and demo money apart, as the server does.
    async fn mark(&self, store: &dyn Store) -> Result<(), CommandError> {
        let place = self.settings.place(self.demo)?;
        let wanted = if self.demo { Deployment::Demo } else { Deployment::Real };
        let found = store
            .mark(wanted)
            .await
            .map_err(|fault| CommandError::broke(format_args!("cannot use {place}"), &fault))?;
        match (found, wanted) {
            (Deployment::Demo, Deployment::Real) => Err(CliError::new(format!(
                "{place} is the store of a demo, which only --demo changes; add it, or set database.url to another store"
            ))
            .with_code("wrong_store")
            .into()),
            (Deployment::Real, Deployment::Demo) => Err(CliError::new(format!(
                "{place} is the store of a real deployment, which --demo never changes; leave it out"
            ))
            .with_code("wrong_store")
            .into()),
            (Deployment::Demo, Deployment::Demo) | (Deployment::Real, Deployment::Real) => Ok(()),
        }
    }

    /// Prints what came of a command, for people or for programs.
    pub(super) fn show<R: Serialize + fmt::Display>(&self, report: &R) -> Result<ExitCode, CommandError> {
        let text = if self.json {
            serde_json::to_string(report).map_err(|error| CliError::because("cannot print", &error))? + "\n"
        } else {
            report.to_string()
        };
        print(&text)?;
        Ok(ExitCode::SUCCESS)
    }
}
