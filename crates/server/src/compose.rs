//! The server: everything is put together here, started in order and stopped in reverse.
//!
//! [`Bound::bind`] checks the settings, [`Bound::start`] starts the parts, and [`Server::run`] serves and stops them.

mod admin;
mod background;
mod checks;
mod cloud;
mod demo;
mod grace;
mod outbox;
mod use_cases;

use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use hongbao_app::{CleanUp, Pruner, Requests, Sagas, Timing, groups};
use hongbao_ports::{Chain, Clock, Deployment, Ids};
use hongbao_rongcloud::RongCloud;
use hongbao_store::Batches;
use tokio::{task::JoinHandle, time::Instant};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

pub use self::checks::check;
pub(crate) use self::{
    admin::webhook_rules,
    cloud::{CloudAccess, connect},
    outbox::audience,
};
use self::{
    background::Background,
    checks::Checked,
    grace::{Grace, Stop},
    use_cases::UseCases,
};
use crate::{
    error::CliError,
    im,
    listen::address,
    settings::{Place, Settings},
    store::{self, Form, Store},
    system::{SystemClock, SystemIds},
};

/// Filters of deployments name the log's lines about the server by this.
const LOG_TARGET: &str = "hongbao::serve";

/// A server whose settings are checked and whose addresses are taken. Nothing runs yet, and the store is not touched.
pub struct Bound {
    settings: Settings,
    demo: bool,
    checked: Checked,
    listener: TcpListener,
    admin_listener: Option<TcpListener>,
    sandbox: Option<demo::Cloud>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    cloud: Arc<RongCloud>,
    /// The cloud's, for the log.
    hosts: String,
}

/// A server whose parts are put together and run, in the order of their start; they stop in reverse.
pub struct Server {
    store: Arc<dyn Store>,
    ledger: Arc<Batches>,
    /// Only the demo has one.
    sandbox: Option<JoinHandle<io::Result<()>>>,
    sandbox_stop: CancellationToken,
    sagas: Sagas,
    sweeps: Vec<JoinHandle<()>>,
    /// The cloud that is asked at the start whether it lets this app in.
    checked_cloud: Option<Arc<RongCloud>>,
    listener: TcpListener,
    admin: Option<(TcpListener, hongbao_http::AdminShared)>,
    shared: hongbao_http::Shared,
    http: hongbao_http::Settings,
    stop: CancellationToken,
    shutdown_delay: Duration,
    grace: Grace,
}

impl Bound {
    /// Checks the settings and takes the addresses that they name. `demo` is a server with a cloud of its own.
    pub fn bind(settings: Settings, demo: bool) -> Result<Self, CliError> {
        let checked = Checked::of(&settings)?;
        let listener = settings.http.listen.bind("http.listen")?;
        let admin_listener = admin::bind(&settings)?;
        let sandbox = if demo { Some(demo::Cloud::bind(&settings)?) } else { None };
        let (clock, ids): (Arc<dyn Clock>, Arc<dyn Ids>) = (Arc::new(SystemClock), Arc::new(SystemIds));
        let access = sandbox.as_ref().map_or_else(|| CloudAccess::of(&settings.im), |sandbox| Ok(sandbox.access()))?;
        let hosts = access.hosts();
        let cloud = connect(&settings.im, access, &clock, &ids)?;
        Ok(Self { settings, demo, checked, listener, admin_listener, sandbox, clock, ids, cloud, hosts })
    }

    /// Opens the store and starts all parts but the HTTP side.
    pub async fn start(self) -> Result<Server, CliError> {
        let Self { settings, demo, checked, listener, admin_listener, sandbox, clock, ids, cloud, hosts } = self;
        let Checked { timing, cors, proxies, bodies } = checked;
        let store = open(&settings, demo, clock.clone(), ids.clone()).await?;
        let admin_address = admin_listener.as_ref().map(address).transpose()?;
        announce(&settings.place(demo)?, &hosts, address(&listener)?, admin_address);
        let (writers, retry_timeout) = (settings.writers(demo)?, settings.retry_timeout());
        let batches = hongbao_store::Settings { writers, retry_timeout, ..hongbao_store::Settings::default() };
        let ledger = Arc::new(Batches::start(store.clone(), ids.clone(), batches));

        // What no request waits for takes no connection from those that do.
        let background = store.for_background();
        let outbox = outbox::Parts {
            ledger: ledger.clone(),
            background: background.clone(),
            cloud: cloud.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
            timing,
        };
        // From the first thing that is done on, those are told who are to be told.
        let outbox = outbox.outbox(&settings).await?;

        let (stop, sagas) = (CancellationToken::new(), Sagas::new());
        let sandbox_stop = CancellationToken::new();
        let sandbox = if let Some(sandbox) = sandbox {
            demo::fill(ledger.as_ref(), clock.as_ref()).await?;
            demo::greet(address(&listener)?, admin_address, sandbox.address)?;
            Some(sandbox.start(sandbox_stop.clone()))
        } else {
            info!(target: LOG_TARGET, "listening on http://{}", address(&listener)?);
            None
        };
        let use_cases = UseCases {
            settings: &settings,
            timing,
            ledger: ledger.clone(),
            store: store.clone(),
            cloud: cloud.clone(),
            ids: ids.clone(),
            sagas: sagas.clone(),
            requests: Requests::new(ledger.clone(), store.clone()),
            outbox: outbox.waker(),
        };
        let health = hongbao_http::Health::new(store.clone(), outbox.backlog());
        let sweeps = Background {
            clean_up: CleanUp::new(ledger.clone(), background.clone(), ids),
            clean_up_interval: timing.clean_up_interval,
            pruner: Pruner::new(background.clone()),
            reconciler: groups::Reconciler::new(use_cases.groups(), background),
            reconcile_interval: settings.group.reconcile_interval.0,
            outbox,
        };
        let mut sweeps = sweeps.start(&stop);
        let shared = use_cases.shared(bodies, health);
        let admin = admin::Parts { use_cases: &use_cases, clock, api: &shared };
        let admin = admin_listener.map(|listener| (listener, admin.start(&stop, &mut sweeps)));
        let checked_cloud = (!demo).then_some(cloud);
        let grace = Grace::divide(settings.http.shutdown_grace.0);
        let http = hongbao_http::Settings { cors, proxies, ..http_settings(&settings, grace, timing) };
        Ok(Server {
            store,
            ledger,
            sandbox,
            sandbox_stop,
            sagas,
            sweeps,
            checked_cloud,
            listener,
            admin,
            shared,
            http,
            stop,
            shutdown_delay: settings.http.shutdown_delay.0,
            grace,
        })
    }
}

impl Server {
    /// Serves until `stop_signal` resolves, then stops all parts within the grace period.
    pub async fn run(self, stop_signal: impl Future<Output = ()> + Send + 'static) -> Result<(), CliError> {
        let Self {
            store,
            ledger,
            sandbox,
            sandbox_stop,
            sagas,
            sweeps,
            checked_cloud,
            listener,
            admin,
            shared,
            http,
            stop,
            shutdown_delay,
            grace,
        } = self;
        let stopping = tokio::spawn(stop_when(stop_signal, shared.health.clone(), stop.clone(), shutdown_delay));
        let checked = checked_cloud.map(|cloud| tokio::spawn(im::check_at_start(cloud)));
        let admin = admin.map(|(listener, shared)| admin::serve(listener, shared, &stop));
        let served = hongbao_http::serve(listener, shared, http, stop.clone().cancelled_owned()).await;

        if let Some(checked) = checked {
            checked.abort();
        }
        // A server that broke has not been told to stop.
        stop.cancel();
        if let Some(admin) = admin
            && let Ok(Err(error)) = admin.await
        {
            warn!(target: LOG_TARGET, "the admin API broke: {}", Chain(&error));
        }
        let begun = if served.is_ok() { stopping.await.ok() } else { None };
        let stop = Stop { begun: begun.unwrap_or_else(Instant::now), grace };
        shut_down(stop, &sagas, sweeps, &ledger, store.as_ref()).await;
        sandbox_stop.cancel();
        if let Some(sandbox) = sandbox {
            drop(sandbox.await);
        }
        served.map_err(|error| CliError::because("the server broke", &error))
    }
}

/// Says in the first line of the log what runs, on what, and where.
fn announce(store: &Place, hosts: &str, http: SocketAddr, admin: Option<SocketAddr>) {
    let version = env!("CARGO_PKG_VERSION");
    info!(
        target: LOG_TARGET, version, store = %store, im.hosts = %hosts, http.address = %http,
        admin.address = admin.map(tracing::field::display),
        "hongbao {version} starts: API http://{http}, store {store}, IM cloud {hosts}"
    );
}

fn http_settings(settings: &Settings, grace: Grace, timing: Timing) -> hongbao_http::Settings {
    hongbao_http::Settings {
        body_grace: grace.bodies,
        grace: grace.requests,
        deadline: timing.deadline,
        id_alphabet: settings.im.id_alphabet(),
        min_body_rate_bytes: settings.http.min_body_rate.bytes(),
        ..hongbao_http::Settings::default()
    }
}

/// Waits for the signal, stops everything after `delay`, and gives the moment when that began.
async fn stop_when(
    signal: impl Future<Output = ()>,
    health: hongbao_http::Health,
    stop: CancellationToken,
    delay: Duration,
) -> Instant {
    signal.await;
    // Balancers must see it before connections are refused.
    health.begin_stop();
    tokio::time::sleep(delay).await;
    stop.cancel();
    Instant::now()
}

/// Finishes what runs, then closes the store, each within its share of the grace period.
async fn shut_down(stop: Stop, sagas: &Sagas, sweeps: Vec<JoinHandle<()>>, ledger: &Batches, store: &dyn Store) {
    let grace = stop.grace;
    if !sagas.drain(stop.left(grace.sagas)).await {
        warn!(target: LOG_TARGET, "some requests were still running; the next start cleans up after them");
    }
    for sweep in sweeps {
        drop(tokio::time::timeout(stop.left(grace.sagas), sweep).await);
    }
    if tokio::time::timeout(stop.left(grace.ledger), ledger.close()).await.is_err() {
        warn!(target: LOG_TARGET, "the ledger did not close in time");
    }
    if tokio::time::timeout(stop.left(grace.store), store.close()).await.is_err() {
        warn!(target: LOG_TARGET, "the store did not close in time");
    }
    info!(target: LOG_TARGET, "stopped");
}

async fn open(
    settings: &Settings,
    demo: bool,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
) -> Result<Arc<dyn Store>, CliError> {
    let place = settings.place(demo)?;
    let store = store::open(settings, demo, Form::Served, clock, ids).await?;
    let wanted = if demo { Deployment::Demo } else { Deployment::Real };
    let found = store.mark(wanted).await;
    let found = found.map_err(|fault| CliError::because(format_args!("cannot use {place}"), &fault))?;
    match (found, wanted) {
        (Deployment::Demo, Deployment::Real) => Err(CliError::new(format!(
            "{place} is the store of a demo, whose session keys everybody knows; start with --demo, or set database.url to another store"
        ))),
        (Deployment::Real, Deployment::Demo) => Err(CliError::new(format!(
            "{place} is the store of a real deployment; the demo needs a store of its own: leave database.url unset, or set it to another store"
        ))),
        (Deployment::Demo, Deployment::Demo) | (Deployment::Real, Deployment::Real) => Ok(store),
    }
}
