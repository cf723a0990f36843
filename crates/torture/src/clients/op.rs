//! Something that a client wants, and how far it has come.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::want::Want;

/// Something that is wanted, and how far it has come.
pub(crate) struct Op {
    pub(super) want: Want,
    pub(super) id: u64,
    pub(super) key: Option<String>,
    attempts: AtomicU32,
    is_known: AtomicBool,
    /// Whether an attempt ended without an answer for good.
    was_open: AtomicBool,
}

/// What came of an attempt, as far as its client knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// No server was there to hear it.
    Unsent,
    /// It is not known.
    Open,
    /// It was answered for good.
    Known,
}

impl Op {
    pub(super) fn new(id: u64, want: Want, key: Option<String>) -> Self {
        Self {
            want,
            id,
            key,
            attempts: AtomicU32::new(0),
            is_known: AtomicBool::new(false),
            was_open: AtomicBool::new(false),
        }
    }

    /// Gives the number of the next attempt, from 1.
    pub(super) fn next_attempt(&self) -> u32 {
        self.attempts.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Notes that an attempt was answered for good, or was not.
    pub(super) fn note(&self, is_known: bool) {
        let seen = if is_known { &self.is_known } else { &self.was_open };
        seen.store(true, Ordering::SeqCst);
    }

    pub(super) fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    pub(super) fn was_open(&self) -> bool {
        self.was_open.load(Ordering::SeqCst)
    }

    pub(super) fn is_known(&self) -> bool {
        self.is_known.load(Ordering::SeqCst)
    }
}
