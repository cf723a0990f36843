//! How the store is, as often as anybody asks.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use hongbao_ports::{Chain, Fault, FaultKind, Readiness, Schema};
use tokio::sync::Mutex;
use tracing::{error, info, warn};

/// How the store was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    /// It can be used.
    Ready,
    /// It can be reached, but its schema is that of another version.
    OtherSchema,
    /// It cannot be reached, so its schema is unknown.
    Away,
}

/// The store, and how it was found the last time.
pub(super) struct Store {
    readiness: Arc<dyn Readiness>,
    looks: AtomicU64,
    last: Mutex<Condition>,
}

impl Store {
    /// A server begins with a store that it could open.
    pub(super) fn new(readiness: Arc<dyn Readiness>) -> Self {
        Self { readiness, looks: AtomicU64::new(0), last: Mutex::new(Condition::Ready) }
    }

    /// Looks at the store, and logs what has changed: a probe comes every few seconds, and all the same news.
    ///
    /// Only one looks at a time, and a caller that comes meanwhile is told the same. Anybody may ask, so a crowd that
    /// does must not keep the store from its work.
    pub(super) async fn condition(&self) -> Condition {
        let looks_before = self.looks.load(Ordering::SeqCst);
        let mut last = self.last.lock().await;
        if self.looks.load(Ordering::SeqCst) == looks_before {
            *last = self.look(*last).await;
            self.looks.fetch_add(1, Ordering::SeqCst);
        }
        *last
    }

    async fn look(&self, last: Condition) -> Condition {
        match self.readiness.schema().await {
            Ok(Schema::Current) => {
                if last != Condition::Ready {
                    info!("ready again");
                }
                Condition::Ready
            }
            Ok(Schema::Other) => {
                if last != Condition::OtherSchema {
                    warn!("not ready: the store's schema is that of another version");
                }
                Condition::OtherSchema
            }
            Err(fault) => {
                if last != Condition::Away {
                    log(&fault);
                }
                Condition::Away
            }
        }
    }
}

fn log(fault: &Fault) {
    let chain = Chain(fault);
    match fault.kind() {
        FaultKind::Internal => error!(fault.kind = "internal", "not ready: {chain}"),
        FaultKind::Unavailable | FaultKind::Unresolved => {
            warn!(fault.kind = "unavailable", "not ready: {chain}");
        }
    }
}
