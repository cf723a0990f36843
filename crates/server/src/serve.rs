//! The server: everything is put together here, started in order and stopped in reverse.

mod cloud;
mod demo;
mod signal;

use std::{
    net::{SocketAddr, TcpListener},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use hongbao_app::{CleanUp, Friends, ImUsers, InFlight, Messages, RedPackets, Sagas, Timing, World, groups};
use hongbao_domain::message::ReservedNames;
use hongbao_ledger::Batches;
use hongbao_ports::{Clock, Deployment, Ids};
use tokio::{task::JoinHandle, time::Instant};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

pub(crate) use self::{
    cloud::{Access, connect},
    signal::stop_signal,
};
use crate::{
    settings::Settings,
    store::{self, Form, Store},
    system::{SystemClock, SystemIds},
    trouble::Trouble,
};

/// Runs the server until it is told to stop.
pub(crate) async fn run(settings: Settings, demo: bool) -> Result<ExitCode, Trouble> {
    let timing = timing(&settings)?;
    check_groups(&settings)?;
    let listener = bind(settings.http.listen, "http.listen")?;
    let sandbox = if demo { Some(demo::Cloud::bind(&settings)?) } else { None };
    let (clock, ids): (Arc<dyn Clock>, Arc<dyn Ids>) = (Arc::new(SystemClock), Arc::new(SystemIds));
    let access = sandbox.as_ref().map_or_else(|| Access::of(&settings.im), |sandbox| Ok(sandbox.access()))?;
    let cloud = connect(&settings.im, access, &clock, &ids)?;
    let stop_signal = stop_signal()?;
    let store = open(&settings, demo, clock.clone(), ids.clone()).await?;
    let (writers, patience) = (settings.writers(demo)?, settings.patience());
    let batches = hongbao_ledger::Settings { writers, patience, ..hongbao_ledger::Settings::default() };
    let ledger = Arc::new(Batches::start(store.clone(), ids.clone(), batches));

    let (stop, sagas) = (CancellationToken::new(), Sagas::new());
    let sandbox_stop = CancellationToken::new();
    let sandbox = if let Some(sandbox) = sandbox {
        demo::fill(ledger.as_ref(), store.as_ref(), clock.as_ref()).await?;
        demo::greet(address(&listener)?, sandbox.address)?;
        Some(sandbox.start(sandbox_stop.clone()))
    } else {
        info!("listening on http://{}", address(&listener)?);
        None
    };
    let world = World {
        ledger: ledger.clone(),
        users: store.clone(),
        im_cloud: cloud.clone(),
        ids: ids.clone(),
        sagas: sagas.clone(),
        timing,
        expires_in: settings.red_packet.expires_in.0,
    };
    let clean_up = CleanUp::new(ledger.clone(), ids.clone());
    let clean_up = {
        let stopped = stop.clone();
        tokio::spawn(async move { clean_up.run(timing.clean_up_interval, stopped.cancelled_owned()).await })
    };
    let gathering = groups::World {
        groups: store.clone(),
        cloud: cloud.clone(),
        ids: ids.clone(),
        sagas: sagas.clone(),
        timing,
        check_pause: settings.group.check_pause.0,
    };
    let reconciler = groups::Reconciler::new(gathering.clone());
    let reconciler = {
        let (every, stopped) = (settings.group.reconcile_interval.0, stop.clone());
        tokio::spawn(async move { reconciler.run(every, stopped.cancelled_owned()).await })
    };
    let groups = groups::Groups::new(gathering);
    let health = hongbao_http::Health::new(store.clone());
    let shared = hongbao_http::Shared {
        sessions: store.clone(),
        red_packets: RedPackets::new(world),
        groups,
        friends: Friends::new(store.clone(), settings.friend.max.get(), sagas.clone()),
        im_users: ImUsers::new(store.clone(), cloud.clone(), sagas.clone(), timing),
        messages: Messages::new(store.clone(), cloud, reserved_names(&settings), sagas.clone(), timing),
        in_flight: InFlight::new(settings.http.user_in_flight),
        ids,
        health: health.clone(),
    };
    let grace = settings.http.shutdown_grace.0;
    let http = hongbao_http::Settings {
        grace,
        deadline: timing.deadline,
        id_alphabet: settings.im.id_alphabet(),
        ..hongbao_http::Settings::default()
    };
    let stopping = {
        let (stop, delay) = (stop.clone(), settings.http.shutdown_delay.0);
        tokio::spawn(async move {
            stop_signal.await;
            // Balancers must see it before connections are refused.
            health.begin_stop();
            tokio::time::sleep(delay).await;
            stop.cancel();
            Instant::now() + grace
        })
    };

    let served = hongbao_http::serve(listener, shared, http, stop.clone().cancelled_owned()).await;

    // A server that broke has not been told to stop.
    stop.cancel();
    let until = if served.is_ok() { stopping.await.ok() } else { None };
    shut_down(until.unwrap_or_else(|| Instant::now() + grace), &sagas, [clean_up, reconciler], &ledger, store.as_ref())
        .await;
    sandbox_stop.cancel();
    if let Some(sandbox) = sandbox {
        drop(sandbox.await);
    }
    served.map_err(|error| Trouble::because("the server broke", &error))?;
    Ok(ExitCode::SUCCESS)
}

/// Finishes what runs, then closes the store.
async fn shut_down(until: Instant, sagas: &Sagas, sweeps: [JoinHandle<()>; 2], ledger: &Batches, store: &dyn Store) {
    let left = || until.saturating_duration_since(Instant::now()).max(Duration::from_millis(100));
    if !sagas.drain(left()).await {
        warn!("some requests were still running; the next start cleans up after them");
    }
    for sweep in sweeps {
        drop(tokio::time::timeout(left(), sweep).await);
    }
    if tokio::time::timeout(left(), ledger.close()).await.is_err() {
        warn!("the ledger did not close in time");
    }
    drop(tokio::time::timeout(left(), store.close()).await);
    info!("stopped");
}

fn timing(settings: &Settings) -> Result<Timing, Trouble> {
    let timing = Timing {
        pacing: settings.im.pacing.0,
        cloud_timeout: settings.im.timeout.0,
        deadline: settings.http.deadline.0,
        lease: settings.red_packet.lease.0,
        clean_up_interval: settings.red_packet.clean_up_interval.0,
    };
    if settings.red_packet.expires_in.0.is_zero() {
        return Err(Trouble::new("red_packet.expires_in must be more than 0s, or no packet could ever be claimed"));
    }
    timing.check().map_err(|error| {
        let keys = "see im.pacing, im.timeout, http.deadline, red_packet.lease, red_packet.clean_up_interval";
        Trouble::because(format_args!("the time settings do not fit together ({keys})"), &error)
    })?;
    Ok(timing)
}

/// What hangs in a group is resolved within lease + 5 s, like a packet.
fn check_groups(settings: &Settings) -> Result<(), Trouble> {
    let (every, pause) = (settings.group.reconcile_interval.0, settings.group.check_pause.0);
    if every.is_zero() || every > Duration::from_secs(3) {
        return Err(Trouble::new("group.reconcile_interval must be more than 0 s and at most 3 s"));
    }
    if pause < settings.red_packet.lease.0 {
        return Err(Trouble::new("group.check_pause must not be shorter than red_packet.lease"));
    }
    Ok(())
}

/// Whoever could send what we or the cloud send could deceive the receiver.
fn reserved_names(settings: &Settings) -> ReservedNames {
    let im = &settings.im;
    ReservedNames { prefix: im.notice_prefix.clone(), names: im.reserved_object_names.0.clone() }
}

async fn open(
    settings: &Settings,
    demo: bool,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
) -> Result<Arc<dyn Store>, Trouble> {
    let place = settings.place(demo)?;
    let store = store::open(settings, demo, Form::Made, clock, ids).await?;
    let wanted = if demo { Deployment::Demo } else { Deployment::Real };
    let found = store.mark(wanted).await;
    let found = found.map_err(|fault| Trouble::because(format_args!("cannot use {place}"), &fault))?;
    match (found, wanted) {
        (Deployment::Demo, Deployment::Real) => Err(Trouble::new(format!(
            "{place} is the store of a demo, whose session keys everybody knows; start with --demo, or set database.url to another store"
        ))),
        (Deployment::Real, Deployment::Demo) => Err(Trouble::new(format!(
            "{place} is the store of a real deployment; the demo needs a store of its own: leave database.url unset, or set it to another store"
        ))),
        (Deployment::Demo, Deployment::Demo) | (Deployment::Real, Deployment::Real) => Ok(store),
    }
}

/// Listens on an address that `key` has set.
pub(crate) fn bind(address: SocketAddr, key: &str) -> Result<TcpListener, Trouble> {
    TcpListener::bind(address).map_err(|error| {
        Trouble::because(format_args!("cannot listen on {address} (is it taken? set {key} to another address)"), &error)
    })
}

fn address(listener: &TcpListener) -> Result<SocketAddr, Trouble> {
    listener.local_addr().map_err(|error| Trouble::because("cannot read the own address", &error))
}
