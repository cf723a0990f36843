//! What an adapter hands to the suite.

use std::{
    any::Any,
    fmt,
    future::ready,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures_util::{FutureExt, future::BoxFuture};
use hongbao_ports::{Contacts, Groups, Ledger, Listings, Profiles, Readiness, Retention, Sessions, Users};
use tokio::sync::OnceCell;

use crate::{ManualClock, MemoryStore, SeqIds};

/// One instance of an adapter: what one process would have of it.
#[derive(Clone)]
pub struct Ports {
    /// The ledger, with a group commit of its own where there is one.
    pub ledger: Arc<dyn Ledger>,
    /// The sessions.
    pub sessions: Arc<dyn Sessions>,
    /// The users.
    pub users: Arc<dyn Users>,
    /// The contacts.
    pub contacts: Arc<dyn Contacts>,
    /// The groups.
    pub groups: Arc<dyn Groups>,
    /// The profiles.
    pub profiles: Arc<dyn Profiles>,
    /// The listings.
    pub listings: Arc<dyn Listings>,
    /// Whether the store can do its work.
    pub readiness: Arc<dyn Readiness>,
    /// The end of what is kept for a while only.
    pub retention: Arc<dyn Retention>,
}

impl Ports {
    /// Names a ledger and a store that is everything else.
    pub fn new<S>(ledger: Arc<dyn Ledger>, store: Arc<S>) -> Self
    where
        S: Sessions + Users + Contacts + Groups + Profiles + Listings + Readiness + Retention + 'static,
    {
        Self {
            ledger,
            sessions: store.clone(),
            users: store.clone(),
            contacts: store.clone(),
            groups: store.clone(),
            profiles: store.clone(),
            listings: store.clone(),
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

/// An adapter on a new and empty store, made for one case.
pub struct Rig {
    /// The ledger under test. Its own clock is `clock`, its identifiers are from `ids`.
    pub ledger: Arc<dyn Ledger>,
    /// The sessions under test, with the same clock.
    pub sessions: Arc<dyn Sessions>,
    /// The users under test, in the same store as the sessions.
    pub users: Arc<dyn Users>,
    /// The contacts under test, in the same store as the users, with the same clock.
    pub contacts: Arc<dyn Contacts>,
    /// The groups under test, with the same clock.
    pub groups: Arc<dyn Groups>,
    /// The profiles under test, in the same store as the users.
    pub profiles: Arc<dyn Profiles>,
    /// The listings under test, in the same store as ledger and users.
    pub listings: Arc<dyn Listings>,
    /// Whether the store under test can do its work.
    pub readiness: Arc<dyn Readiness>,
    /// The end of what is kept for a while only, in the same store, with the same clock.
    pub retention: Arc<dyn Retention>,
    /// A second instance; without one, the cases about two instances run against the first alone.
    twin: Option<Twin>,
    /// The only time there is.
    pub clock: Arc<ManualClock>,
    /// Where the store and the cases take identifiers from.
    pub ids: Arc<SeqIds>,
    /// Whatever must live as long as the case does: a temporary folder.
    pub keep: Box<dyn Any + Send + Sync>,
}

impl Rig {
    /// Makes a rig of the reference store, which forgets everything with the process.
    pub fn in_memory() -> Self {
        let (clock, ids) = (Arc::new(ManualClock::default()), Arc::new(SeqIds::new()));
        let store = Arc::new(MemoryStore::new(clock.clone(), ids.clone()));
        let ports = Ports::new(store.clone(), store);
        let twin = ports.clone();
        let twin = Twin::new(move || ready(twin.clone()));
        Self::new(ports, Some(twin), clock, ids, Box::new(()))
    }

    /// Makes a rig of one instance or two.
    pub fn new(
        first: Ports,
        twin: Option<Twin>,
        clock: Arc<ManualClock>,
        ids: Arc<SeqIds>,
        keep: Box<dyn Any + Send + Sync>,
    ) -> Self {
        let Ports { ledger, sessions, users, contacts, groups, profiles, listings, readiness, retention } = first;
        Self {
            ledger,
            sessions,
            users,
            contacts,
            groups,
            profiles,
            listings,
            readiness,
            retention,
            twin,
            clock,
            ids,
            keep,
        }
    }

    /// Gives the ledgers of both instances, or the only one twice.
    pub(crate) async fn ledgers(&self) -> Ledgers {
        Ledgers { both: self.instances().await.map(|instance| instance.ledger), turn: AtomicUsize::new(0) }
    }

    /// Gives both instances, or the only one twice.
    pub(crate) async fn instances(&self) -> [Ports; 2] {
        let first = Ports {
            ledger: self.ledger.clone(),
            sessions: self.sessions.clone(),
            users: self.users.clone(),
            contacts: self.contacts.clone(),
            groups: self.groups.clone(),
            profiles: self.profiles.clone(),
            listings: self.listings.clone(),
            readiness: self.readiness.clone(),
            retention: self.retention.clone(),
        };
        let second = match &self.twin {
            Some(twin) => twin.ports().await,
            None => first.clone(),
        };
        [first, second]
    }
}

impl fmt::Debug for Rig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rig").field("clock", &self.clock).field("ids", &self.ids).finish_non_exhaustive()
    }
}
