//! The admin API, put together.

use std::{io, net::TcpListener, sync::Arc};

use hongbao_app::{
    Latest, Readings, ReadingsDeps,
    admin::{Admin, Audits},
};
use hongbao_domain::webhook::WebhookUrl;
use hongbao_http::{AdminShared, RequestMetrics, Shared, WebhookRules};
use hongbao_ports::Clock;
use hongbao_webhooks::{check_target, print_secret};
use tokio::{runtime::Handle, sync::watch, task::JoinHandle};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::use_cases::UseCases;
use crate::{
    error::CliError,
    metrics::Metrics,
    settings::{AdminListen, Settings},
    system::random,
};

/// Takes the address of the admin API, if there is one.
pub(super) fn bind(settings: &Settings) -> Result<Option<TcpListener>, CliError> {
    match &settings.admin.listen {
        AdminListen::Off => Ok(None),
        AdminListen::At(listen) => listen.bind("admin.listen").map(Some),
    }
}

/// What the admin API is put together of.
pub(super) struct Parts<'a> {
    pub(super) use_cases: &'a UseCases<'a>,
    pub(super) clock: Arc<dyn Clock>,
    /// What the API has, whose requests are counted.
    pub(super) api: &'a Shared,
}

impl Parts<'_> {
    /// Puts everything behind the admin API, and starts the reading of the store for its metrics.
    pub(super) fn start(&self, stop: &CancellationToken, tasks: &mut Vec<JoinHandle<()>>) -> AdminShared {
        let audits = Audits::default();
        let readings = self.readings(audits.clone());
        let shared = self.shared(readings.latest(), audits, stop.clone());
        tasks.push(tokio::spawn(readings.run(stop.clone().cancelled_owned())));
        shared
    }

    fn shared(&self, latest: watch::Receiver<Latest>, audits: Audits, stopping: CancellationToken) -> AdminShared {
        let Self { use_cases: UseCases { settings, timing, ledger, store, cloud, .. }, clock, api } = self;
        let requests = RequestMetrics::of_admin();
        let metrics = Metrics {
            requests: api.requests.clone(),
            admin_requests: requests.clone(),
            rate_limits: api.rate_limits.clone(),
            in_flight: api.in_flight.clone(),
            ledger: ledger.clone(),
            store: store.clone(),
            cloud: cloud.clone(),
            latest,
            audits: audits.clone(),
        };
        AdminShared {
            admin: Admin::new(ledger.clone(), store.clone(), audits),
            im_users: Some(api.im_users.clone()),
            clock: clock.clone(),
            ids: api.ids.clone(),
            random,
            webhooks: webhook_rules(settings.webhook.allow_private_targets),
            id_alphabet: settings.im.id_alphabet(),
            deadline: timing.deadline,
            operations: TaskTracker::new(),
            runtime: Handle::current(),
            stopping,
            requests,
            metrics: Arc::new(move || metrics.text()),
        }
    }

    /// Prepares to read the store for the metrics, on connections of the background.
    fn readings(&self, audits: Audits) -> Readings {
        let UseCases { settings, store, .. } = self.use_cases;
        let background = store.for_background();
        Readings::new(ReadingsDeps {
            audits,
            ledger: background.clone(),
            progress: background,
            clock: self.clock.clone(),
            interval: settings.metrics.interval.0,
            audit_interval: settings.metrics.audit_interval.0.map(|every| every.0),
        })
    }
}

pub(crate) fn webhook_rules(allow_private: bool) -> WebhookRules {
    let check = move |url: &WebhookUrl| check_target(url, allow_private).map_err(|bad| bad.to_string());
    WebhookRules { check_target: Arc::new(check), print_secret }
}

/// Serves it until `stop`.
pub(super) fn serve(
    listener: TcpListener,
    shared: AdminShared,
    stop: &CancellationToken,
) -> JoinHandle<io::Result<()>> {
    tokio::spawn(hongbao_http::serve_admin(listener, shared, stop.clone().cancelled_owned()))
}
