//! What an adapter hands to the suite.

use std::{
    any::Any,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use hongbao_ports::{Contacts, Groups, Ledger, Listings, Profiles, Readiness, Retention, Sessions, Users};

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
    /// A second instance on the same database, with the same clock and ids but nothing else in common: other connections,
    /// another group commit. Without one, the cases about two instances run against the first alone.
    pub twin: Option<Ports>,
    /// Whose turn it is.
    turn: AtomicUsize,
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
        let instance = || Ports::new(store.clone(), store.clone());
        Self::new(instance(), Some(instance()), clock, ids, Box::new(()))
    }

    /// Makes a rig of one instance or two.
    pub fn new(
        first: Ports,
        twin: Option<Ports>,
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
            turn: AtomicUsize::new(0),
            clock,
            ids,
            keep,
        }
    }

    /// Gives the ledger of one instance after the other: for callers who come at the same moment, as they come to several
    /// servers. One server alone may keep them apart by itself.
    pub(crate) fn any_ledger(&self) -> Arc<dyn Ledger> {
        match &self.twin {
            Some(twin) if self.turn.fetch_add(1, Ordering::Relaxed) % 2 == 1 => twin.ledger.clone(),
            _ => self.ledger.clone(),
        }
    }

    /// Gives both instances, or the only one twice.
    pub(crate) fn instances(&self) -> [Ports; 2] {
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
        [first.clone(), self.twin.clone().unwrap_or(first)]
    }
}

impl fmt::Debug for Rig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rig").field("clock", &self.clock).field("ids", &self.ids).finish_non_exhaustive()
    }
}
