//! Which faults are still to come.

use std::{collections::VecDeque, iter};

/// What becomes of a COMMIT on its way. Each time the client loses its connection without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InjectedFault {
    /// The server does not get it, and loses the connection too.
    BeforeCommit,
    /// The server gets it and has answered when the client loses the connection.
    AfterCommit,
    /// It is on its way, and arrives when [`release`](super::Proxy::release) says so. The server waits with open locks.
    HoldCommit,
}

#[derive(Debug, Default)]
pub(super) struct Plan {
    commits: VecDeque<InjectedFault>,
    batches: usize,
}

impl Plan {
    pub(super) fn arm(&mut self, injected: InjectedFault, times: usize) {
        self.commits.extend(iter::repeat_n(injected, times));
    }

    pub(super) fn cut_mid_batch(&mut self, times: usize) {
        self.batches += times;
    }

    pub(super) fn len(&self) -> usize {
        self.commits.len() + self.batches
    }

    /// Takes what is planned for the COMMIT that comes by.
    pub(super) fn next_commit(&mut self) -> Option<InjectedFault> {
        self.commits.pop_front()
    }

    /// Says whether the transaction that has its first statement is to be cut.
    pub(super) fn next_batch(&mut self) -> bool {
        let is_cut = self.batches > 0;
        self.batches = self.batches.saturating_sub(1);
        is_cut
    }
}
