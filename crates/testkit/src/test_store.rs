//! What an adapter hands to the suite.

use std::{
    any::Any,
    fmt,
    future::ready,
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures_util::{FutureExt, future::BoxFuture};
use hongbao_domain::outbox::Audience;
use hongbao_ports::{Commands, Groups, Ledger, Profiles, Readiness, Retention, Sessions, Users, query::Queries};
use hongbao_store::{Batches, Settings, Store};
use tokio::sync::{OnceCell, watch};

use crate::{ManualClock, MemoryStore, SeqIds};

/// One instance of an adapter: what one process would have of it.
#[derive(Clone)]
pub struct Ports {
    /// The ledger, with a group commit of its own, as all that changes something.
    pub ledger: Arc<dyn Ledger>,
    /// The sessions.
    pub sessions: Arc<dyn Sessions>,
    /// The users.
    pub users: Arc<dyn Users>,
    /// What changes it in one step.
    pub commands: Arc<dyn Commands>,
    /// The groups.
    pub groups: Arc<dyn Groups>,
    /// The profiles.
    pub profiles: Arc<dyn Profiles>,
    /// What is asked of the store.
    pub queries: Arc<dyn Queries>,
    /// Whether the store can do its work.
    pub readiness: Arc<dyn Readiness>,
    /// The end of what is kept for a while only.
    pub retention: Arc<dyn Retention>,
    /// Sets who is told of what is changed.
    pub audience: watch::Sender<Arc<Audience>>,
}

impl Ports {
    /// Starts a group commit over a store, and gives both as ports.
    pub fn start<S>(store: Arc<S>, ids: Arc<SeqIds>, settings: Settings) -> (Self, Arc<Batches>)
    where
        S: Store + Queries + Readiness + Retention + 'static,
    {
        let batches = Arc::new(Batches::start(store.clone(), ids, settings));
        (Self::new(batches.clone(), store), batches)
    }

    /// Names the one that changes something, and the store that is asked.
    pub fn new<S>(batches: Arc<Batches>, store: Arc<S>) -> Self
    where
        S: Queries + Readiness + Retention + 'static,
    {
        Self {
            audience: batches.audience(),
            ledger: batches.clone(),
            sessions: batches.clone(),
            users: batches.clone(),
            commands: batches.clone(),
            groups: batches.clone(),
            profiles: batches,
            queries: store.clone(),
            readiness: store.clone(),
            retention: store,
        }
    }
}

impl fmt::Debug for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ports").finish_non_exhaustive()
    }
}

/// A second instance on the same database, with the same clock and ids but nothing else in common: other connections,
/// another group commit. It is opened when a case first asks for it: most need only one.
pub struct Twin {
    open: Box<dyn Fn() -> BoxFuture<'static, Ports> + Send + Sync>,
    opened: OnceCell<Ports>,
}

impl Twin {
    /// Names how it is opened.
    pub fn new<F>(open: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Ports> + Send + 'static,
    {
        Self { open: Box::new(move || open().boxed()), opened: OnceCell::new() }
    }

    async fn ports(&self) -> Ports {
        self.opened.get_or_init(|| (self.open)()).await.clone()
    }
}

/// The ledgers of both instances.
pub(crate) struct Ledgers {
    both: [Arc<dyn Ledger>; 2],
    /// Whose turn it is.
    turn: AtomicUsize,
}

impl Ledgers {
    /// Gives one after the other: for callers who come at the same moment, as they come to several servers. One server alone
    /// may keep them apart by itself.
    pub(crate) fn any(&self) -> Arc<dyn Ledger> {
        self.both[self.turn.fetch_add(1, Ordering::Relaxed) % 2].clone()
    }
}

/// An adapter on a new and empty store, made for one case. Its ports are those of its first instance.
pub struct TestStore {
    ports: Ports,
    /// A second instance; without one, the cases about two instances run against the first alone.
    twin: Option<Twin>,
    /// The only time there is.
    pub clock: Arc<ManualClock>,
    /// Where the store and the cases take identifiers from.
    pub ids: Arc<SeqIds>,
    /// Whatever must live as long as the case does: a temporary folder.
    pub keep: Box<dyn Any + Send + Sync>,
}

impl Deref for TestStore {
    type Target = Ports;

    fn deref(&self) -> &Ports {
        &self.ports
    }
}

impl TestStore {
    /// Makes the reference store, which forgets everything with the process. Call it on a tokio runtime.
    pub fn in_memory() -> Self {
        let (clock, ids) = (Arc::new(ManualClock::default()), Arc::new(SeqIds::new()));
        let store = Arc::new(MemoryStore::new(clock.clone()));
        let instance = {
            let ids = ids.clone();
            move || Ports::start(store.clone(), ids.clone(), Settings::default()).0
        };
        let first = instance();
        Self::new(first, Some(Twin::new(move || ready(instance()))), clock, ids, Box::new(()))
    }

    /// Opens an adapter twice, the second time when a case first asks for it. `keep` lives as long as the case does.
    pub async fn twice<F>(
        open: impl Fn(Arc<ManualClock>, Arc<SeqIds>) -> F + Send + Sync + 'static,
        keep: impl Any + Send + Sync,
    ) -> Self
    where
        F: Future<Output = Ports> + Send + 'static,
    {
        let (clock, ids) = (Arc::new(ManualClock::default()), Arc::new(SeqIds::new()));
        let first = open(clock.clone(), ids.clone()).await;
        let twin = {
            let (clock, ids) = (clock.clone(), ids.clone());
            Twin::new(move || open(clock.clone(), ids.clone()))
        };
        Self::new(first, Some(twin), clock, ids, Box::new(keep))
    }

    /// Makes a store of one instance or two.
    pub fn new(
        first: Ports,
        twin: Option<Twin>,
        clock: Arc<ManualClock>,
        ids: Arc<SeqIds>,
        keep: Box<dyn Any + Send + Sync>,
    ) -> Self {
        Self { ports: first, twin, clock, ids, keep }
    }

    /// Gives the ledgers of both instances, or the only one twice.
    pub(crate) async fn ledgers(&self) -> Ledgers {
        Ledgers { both: self.instances().await.map(|instance| instance.ledger), turn: AtomicUsize::new(0) }
    }

    /// Gives both instances, or the only one twice.
    pub(crate) async fn instances(&self) -> [Ports; 2] {
        let second = match &self.twin {
            Some(twin) => twin.ports().await,
            None => self.ports.clone(),
        };
        [self.ports.clone(), second]
    }
}

impl fmt::Debug for TestStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestStore").field("clock", &self.clock).field("ids", &self.ids).finish_non_exhaustive()
    }
}
