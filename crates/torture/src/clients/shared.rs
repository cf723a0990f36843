//! What clients share.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use super::{cashier::Cashiers, lock::lock, op::Op};
use crate::{history::History, want::Known, world::Addresses};

/// Everything that clients share.
pub(crate) struct Clients {
    pub(super) addresses: Arc<Addresses>,
    pub(super) history: Arc<History>,
    pub(super) cloud: SocketAddr,
    pub(super) servers: usize,
    pub(super) known: RwLock<Known>,
    pub(super) cashiers: Cashiers,
    next_op: AtomicU64,
    is_over: AtomicBool,
    /// What has a key and is still to be asked about.
    pub(super) left: Mutex<Vec<Arc<Op>>>,
    /// What has a key and was answered, to be asked about again.
    pub(super) answered: Mutex<Vec<Arc<Op>>>,
}

impl Clients {
    pub(super) fn new(
        addresses: Arc<Addresses>,
        history: Arc<History>,
        cloud: SocketAddr,
        servers: usize,
        cashiers: Cashiers,
    ) -> Self {
        Self {
            addresses,
            history,
            cloud,
            servers,
            known: RwLock::default(),
            cashiers,
            next_op: AtomicU64::new(1),
            is_over: AtomicBool::new(false),
            left: Mutex::default(),
            answered: Mutex::default(),
        }
    }

    /// Keeps what has a key for later.
    pub(super) fn put_away(&self, op: Arc<Op>) {
        if op.key().is_some() {
            let kept = if op.is_known() { &self.answered } else { &self.left };
            lock(kept).push(op);
        }
    }

    pub(super) fn next_op(&self) -> u64 {
        self.next_op.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }

    /// Ends the clients' work.
    pub(super) fn end(&self) {
        self.is_over.store(true, Ordering::SeqCst);
        self.cashiers.end();
    }
}
