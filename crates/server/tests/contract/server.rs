//! A server as the binary puts it together, in a runtime of its own, so that it can die in the middle of anything.

use std::{
    net::{SocketAddr, TcpListener},
    num::{NonZeroU32, NonZeroUsize},
    sync::{Arc, Weak},
    time::Duration,
};

use hongbao_app::{
    CleanUp, Friends, ImUsers, InFlight, Messages, RedPacketDeps, RedPackets, Sagas, Swept, Timing, groups,
};
use hongbao_domain::message::ReservedNames;
use hongbao_ledger::Batches;
use hongbao_ports::query::SessionQueries;
use hongbao_rongcloud::RongCloud;
use hongbao_sqlite::SqliteStore;
use hongbao_testkit::SeqIds;
use tokio::{
    runtime::{Builder, Runtime},
    task::{JoinHandle, yield_now},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use crate::{
    cloud::ScriptedCloud,
    ledger::ScriptedLedger,
    outside::{APP_KEY, APP_SECRET, Outside},
    script::{PATIENCE, Script},
};

/// For how long a packet can be claimed.
pub(crate) const LIFE: Duration = Duration::from_hours(24);

/// How patient a server is.
#[derive(Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) timing: Timing,
    /// For one try at the cloud.
    pub(crate) attempt_timeout: Duration,
    /// Of private messages, in a minute; 0 for no limit.
    pub(crate) quota: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self { timing: Timing::default(), attempt_timeout: Duration::from_secs(2), quota: 0 }
    }
}

impl Pace {
    /// Does not wait long for the cloud.
    pub(crate) const IMPATIENT: Self = Self {
        timing: Timing {
            pacing: Duration::from_secs(1),
            cloud_timeout: Duration::from_millis(400),
            deadline: Duration::from_secs(10),
            lease: Duration::from_secs(15),
            clean_up_interval: Duration::from_secs(1),
        },
        attempt_timeout: Duration::from_millis(150),
        quota: 0,
    };
}

/// A running server. Dropping it is a crash.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) ledger: Arc<Batches>,
    pub(crate) sagas: Sagas,
    sessions: Arc<dyn SessionQueries>,
    sagas_ledger: Weak<ScriptedLedger>,
    stop: CancellationToken,
    served: Option<JoinHandle<std::io::Result<()>>>,
    _runtime: Mortal,
}

impl Server {
    pub(crate) async fn start(outside: &Outside, script: &Script, pace: Pace) -> Self {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().build().expect("a runtime can be started");
        let settings = hongbao_sqlite::Settings { readers: 2, ..hongbao_sqlite::Settings::new(outside.database_url()) };
        let (clock, ids, script) = (outside.clock.clone(), Arc::new(outside.ids.clone()), script.clone());
        let cloud = hongbao_rongcloud::Settings {
            base_url: outside.cloud_url.clone(),
            backup_url: None,
            connect_timeout: pace.attempt_timeout / 2,
            attempt_timeout: pace.attempt_timeout,
            timeout: pace.timing.cloud_timeout,
            private_messages_per_minute: NonZeroU32::new(pace.quota),
            ..hongbao_rongcloud::Settings::for_app(APP_KEY.to_owned(), APP_SECRET.into())
        };
        let start = async move {
            let store =
                Arc::new(SqliteStore::open(&settings, clock.clone(), ids.clone()).await.expect("the store opens"));
            let batches = Batches::start(store.clone(), ids.clone(), hongbao_ledger::Settings::default());
            let ledger = Arc::new(batches);
            let cloud = RongCloud::try_new(&cloud, clock, ids.clone()).expect("the cloud's settings are right");
            let cloud = Arc::new(cloud);
            let sagas_ledger = Arc::new(ScriptedLedger { ledger: ledger.clone(), script: script.clone() });
            let (sagas, stop) = (Sagas::new(), CancellationToken::new());
            let world = RedPacketDeps {
                ledger: sagas_ledger.clone(),
                packets: store.clone(),
                users: store.clone(),
                im_cloud: Arc::new(ScriptedCloud { cloud: cloud.clone(), script }),
                ids: ids.clone(),
                sagas: sagas.clone(),
                timing: pace.timing,
                expires_in: LIFE,
            };
            let sessions: Arc<dyn SessionQueries> = Arc::new(SqliteStore::clone(&store));
            let red_packets = RedPackets::new(world);
            let groups = groups::Groups::new(groups::GroupDeps {
                groups: ledger.clone(),
                cloud: cloud.clone(),
                ids: ids.clone(),
                sagas: sagas.clone(),
                timing: pace.timing,
                check_pause: LIFE,
            });
            let shared = hongbao_http::Shared {
                sessions: sessions.clone(),
                red_packets,
                groups,
                friends: Friends::new(ledger.clone(), store.clone(), 5_000, sagas.clone()),
                im_users: ImUsers::new(ledger.clone(), store.clone(), cloud.clone(), sagas.clone(), pace.timing),
                messages: Messages::new(store.clone(), cloud, ReservedNames::default(), sagas.clone(), pace.timing),
                in_flight: InFlight::new(NonZeroU32::MAX),
                ids,
                bodies: hongbao_http::BodyBudget::new(64 << 20),
                health: hongbao_http::Health::new(store.clone()),
            };
            let http = hongbao_http::Settings {
                workers: NonZeroUsize::new(1),
                deadline: pace.timing.deadline,
                ..hongbao_http::Settings::default()
            };
            let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
            let address = listener.local_addr().expect("a listener has an address");
            let served = tokio::spawn(hongbao_http::serve(listener, shared, http, stop.clone().cancelled_owned()));
            let sagas_ledger = Arc::downgrade(&sagas_ledger);
            Self {
                address,
                store,
                ledger,
                sagas,
                sessions,
                sagas_ledger,
                stop,
                served: Some(served),
                _runtime: Mortal(None),
            }
        };
        let started = runtime.spawn(start).await.expect("the server starts");
        Self { _runtime: Mortal(Some(runtime)), ..started }
    }

    /// Takes no more requests, and waits for those that have a caller.
    pub(crate) async fn stop_serving(&mut self) {
        self.stop.cancel();
        if let Some(served) = self.served.take() {
            let served = timeout(PATIENCE, served).await.expect("the server stops in time");
            served.expect("serving does not panic").expect("the server stops well");
        }
    }

    /// Ends in order, as the binary does: no more requests, no more sagas, then the store.
    pub(crate) async fn stop(mut self) {
        self.stop_serving().await;
        assert!(self.sagas.drain(PATIENCE).await, "every saga ends");
        self.ledger.close().await;
        self.store.close().await;
    }

    /// Dies: nobody is answered any more, and every task is dropped where it stands.
    pub(crate) async fn crash(self) {
        if let Some(served) = &self.served {
            served.abort();
        }
        until("no request is left", || self.session_users() == 1).await;
        let sagas_ledger = self.sagas_ledger.clone();
        drop(self);
        until("no saga is left", || sagas_ledger.strong_count() == 0).await;
    }

    /// Finishes what others left behind, as the background task does.
    pub(crate) async fn sweep(&self) -> Swept {
        CleanUp::new(self.ledger.clone(), self.store.clone(), Arc::new(SeqIds::new()))
            .sweep()
            .await
            .expect("the ledger can be read")
    }

    /// Counts who uses the sessions: more while a request is being handled than at rest.
    pub(crate) fn session_users(&self) -> usize {
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
pub(crate) async fn until(what: &str, is_so: impl Fn() -> bool) {
    let wait = async {
        while !is_so() {
            yield_now().await;
        }
    };
    timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("waited in vain until {what}"));
}
