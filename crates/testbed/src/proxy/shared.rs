//! What all connections of a proxy share.

use std::{
    net::SocketAddr,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64},
    },
};

use tokio::sync::{oneshot, watch};

use super::plan::Plan;

/// Asks for the delivery of a COMMIT; the server's answer comes back.
pub(super) type Release = oneshot::Sender<oneshot::Sender<String>>;

/// The plan of a proxy, and what it has seen.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) target: Mutex<SocketAddr>,
    pub(super) plan: Mutex<Plan>,
    pub(super) held: Mutex<Vec<Release>>,
    pub(super) cuts: watch::Sender<u64>,
    pub(super) flows: watch::Sender<bool>,
    pub(super) refuses: AtomicBool,
    pub(super) connections: AtomicU64,
    pub(super) commits: AtomicU64,
}

impl Shared {
    pub(super) fn new(target: SocketAddr) -> Self {
        Self {
            target: Mutex::new(target),
            plan: Mutex::default(),
            held: Mutex::default(),
            cuts: watch::Sender::new(0),
            flows: watch::Sender::new(true),
            refuses: AtomicBool::new(false),
            connections: AtomicU64::new(0),
            commits: AtomicU64::new(0),
        }
    }
}

/// Takes a lock, also after a holder has panicked.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
