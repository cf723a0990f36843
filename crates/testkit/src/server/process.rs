//! What runs of a server.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{Arc, Weak},
    time::Duration,
};

use hongbao_app::{CleanUp, Sagas, Swept, groups::Reconciler};
use hongbao_ports::{Commands, query::SessionQueries};
use hongbao_rongcloud::RongCloud;
use hongbao_sqlite::SqliteStore;
use hongbao_store::Batches;
use tokio::{
    runtime::{Builder, Runtime},
    task::{JoinHandle, yield_now},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use super::{outside::Outside, settings::Settings, wiring::Wiring};
use crate::{Faults, Ports, SeqIds};

/// Long enough for a busy machine; only a broken test waits for it.
const LIMIT: Duration = Duration::from_secs(20);

/// A running server. Dropping it is a crash.
pub struct Process {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its store.
    pub store: Arc<SqliteStore>,
    /// The ports of its store past all faults, to look at and to prepare things.
    pub ports: Ports,
    /// The requests that change something.
    pub sagas: Sagas,
    /// Its way to the cloud.
    pub cloud: Arc<RongCloud>,
    /// Brings groups to agree with the cloud, whenever it is told to.
    pub reconciler: Reconciler,
    batches: Arc<Batches>,
    sessions: Arc<dyn SessionQueries>,
    sagas_commands: Weak<dyn Commands>,
    stop: CancellationToken,
    served: Option<JoinHandle<std::io::Result<()>>>,
    _runtime: Mortal,
}

impl Process {
    pub(super) async fn start(outside: &Outside, settings: &Settings, faults: &Faults) -> Self {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().build().expect("a runtime can be started");
        let (settings, faults) = (settings.clone(), faults.clone());
        let (clock, ids) = (outside.clock.clone(), outside.ids.clone());
        let url = outside.database_url();
        let store = hongbao_sqlite::Settings {
            busy_timeout: settings.busy_timeout,
            readers: 2,
            ..hongbao_sqlite::Settings::new(url)
        };
        let cloud = hongbao_rongcloud::Settings {
            base_url: outside.cloud_url.clone(),
            backup_url: None,
            app_key: outside.app_key.clone(),
            app_secret: outside.app_secret.clone().into(),
            timeout: settings.timing.cloud_timeout,
            ..settings.cloud.clone()
        };
        let start = async move {
            let store = SqliteStore::open(&store, clock.clone(), ids.clone()).await.expect("the store opens");
            let store = Arc::new(store);
            let cloud = RongCloud::try_new(&cloud, clock, ids.clone()).expect("the cloud's settings are right");
            let cloud = Arc::new(cloud);
            let (ports, batches) = Ports::start(store.clone(), ids.clone(), hongbao_store::Settings::default());
            let sessions: Arc<dyn SessionQueries> = Arc::new(SqliteStore::clone(&store));
            let sagas = Sagas::new();
            let wiring = Wiring {
                ports: faults.around_all(&ports),
                sessions: sessions.clone(),
                cloud: faults.around(cloud.clone()),
                ids,
                sagas: sagas.clone(),
            };
            let sagas_commands = Arc::downgrade(&wiring.ports.commands);
            let reconciler = Reconciler::new(wiring.groups(&settings), wiring.ports.queries.clone());
            let shared = wiring.shared(&settings);
            let http = hongbao_http::Settings {
                workers: Some(settings.workers),
                deadline: settings.timing.deadline,
                ..hongbao_http::Settings::default()
            };
            let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
            let address = listener.local_addr().expect("a listener has an address");
            let stop = CancellationToken::new();
            let served = tokio::spawn(hongbao_http::serve(listener, shared, http, stop.clone().cancelled_owned()));
            Self {
                address,
                store,
                ports,
                sagas,
                cloud,
                reconciler,
                batches,
                sessions,
                sagas_commands,
                stop,
                served: Some(served),
                _runtime: Mortal(None),
            }
        };
        let started = runtime.spawn(start).await.expect("the server starts");
        Self { _runtime: Mortal(Some(runtime)), ..started }
    }

    /// Takes no more requests, and waits for those that have a caller.
    pub async fn stop_serving(&mut self) {
        self.stop.cancel();
        if let Some(served) = self.served.take() {
            let served = timeout(LIMIT, served).await.expect("the server stops in time");
            served.expect("serving does not panic").expect("the server stops well");
        }
    }

    /// Ends in order, as the binary does: no more requests, no more sagas, then the store.
    pub(super) async fn stop(mut self) {
        self.stop_serving().await;
        assert!(self.sagas.drain(LIMIT).await, "every saga ends");
        self.batches.close().await;
        self.store.close().await;
    }

    /// Dies: no client is answered any more, and every task is dropped where it stands.
    pub(super) async fn crash(self) {
        if let Some(served) = &self.served {
            served.abort();
        }
        until("no request is left", || self.session_users() == 1).await;
        let sagas_commands = self.sagas_commands.clone();
        drop(self);
        until("no saga is left", || sagas_commands.strong_count() == 0).await;
    }

    /// Finishes what others left behind, as the background task does.
    pub async fn sweep(&self) -> Swept {
        CleanUp::new(self.batches.clone(), self.store.clone(), Arc::new(SeqIds::new()))
            .sweep()
            .await
            .expect("the ledger can be read")
    }

    /// Counts who uses the sessions: more while a request is being handled than at rest.
    pub fn session_users(&self) -> usize {
        Arc::strong_count(&self.sessions)
    }
}

/// A runtime that can be dropped anywhere, and with it all its tasks.
struct Mortal(Option<Runtime>);

impl Drop for Mortal {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Waits for something that nothing reports.
pub async fn until(what: &str, is_so: impl Fn() -> bool) {
    let wait = async {
        while !is_so() {
            yield_now().await;
        }
    };
    timeout(LIMIT, wait).await.unwrap_or_else(|_| panic!("waited in vain until {what}"));
}
