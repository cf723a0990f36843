//! What an adapter hands to the suite.

use std::{any::Any, fmt, sync::Arc};

use hongbao_ports::{Contacts, Groups, Ledger, Profiles, Readiness, Sessions, Users};

use crate::{ManualClock, MemoryStore, SeqIds};

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
    /// Whether the store under test can do its work.
    pub readiness: Arc<dyn Readiness>,
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
        Self {
            ledger: store.clone(),
            sessions: store.clone(),
            users: store.clone(),
            contacts: store.clone(),
            groups: store.clone(),
            profiles: store.clone(),
            readiness: store,
            clock,
            ids,
            keep: Box::new(()),
        }
    }
}

impl fmt::Debug for Rig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rig").field("clock", &self.clock).field("ids", &self.ids).finish_non_exhaustive()
    }
}
