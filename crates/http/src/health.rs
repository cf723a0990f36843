//! Whether the process answers, and whether requests should be sent here.
//!
//! The IM cloud is not asked. All servers share it, so an outage there would take every one of them out at once, with
//! all that works without it; it has a quota; and each use case that needs it answers for itself when it is away.

mod probe;
mod store;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use hongbao_ports::{Readiness, query::Backlog};
use tokio::sync::watch;
use tracing::info;

pub(crate) use self::probe::{is_probe, mount};
use self::store::Store;

/// What the probes are told. A clone is the same.
#[derive(Clone)]
pub struct Health(Arc<Inner>);

struct Inner {
    store: Store,
    backlog: watch::Receiver<Backlog>,
    is_stopping: AtomicBool,
    takes_bodies: watch::Sender<bool>,
}

impl Health {
    /// The server is ready whenever its store is, until it begins to stop.
    ///
    /// `backlog` is what the outside is not told yet. It is shown, and changes nothing: all servers share it, and requests are
    /// served as well with it as without.
    pub fn new(store: Arc<dyn Readiness>, backlog: watch::Receiver<Backlog>) -> Self {
        let (store, takes_bodies) = (Store::new(store), watch::Sender::new(true));
        Self(Arc::new(Inner { store, backlog, is_stopping: AtomicBool::new(false), takes_bodies }))
    }

    /// Is not ready from now on, and closes each connection after its next answer, so that the caller comes back on one
    /// to another server. Requests are served as before.
    pub fn begin_stop(&self) {
        if !self.0.is_stopping.swap(true, Ordering::SeqCst) {
            info!("stopping: not ready any more");
        }
    }

    /// Ends all requests whose bodies have not arrived.
    pub(crate) fn end_bodies(&self) {
        self.0.takes_bodies.send_replace(false);
    }

    /// Resolves when the server waits for bodies no longer.
    pub(crate) async fn bodies_ended(&self) {
        // It cannot fail, for the sender lives as long as this.
        drop(self.0.takes_bodies.subscribe().wait_for(|takes| !takes).await);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.0.is_stopping.load(Ordering::SeqCst)
    }
}
