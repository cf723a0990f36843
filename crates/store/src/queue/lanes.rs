//! What waits, lane by lane.

use std::collections::VecDeque;

use hongbao_domain::store::{Keys, Lane};

use super::entry::{Entry, Limits};

/// One place in so many of a batch is the sweeps', where some wait. So they come last and yet are never left out.
const SWEEP_SHARE: usize = 16;

/// Commands that wait, in the order in which they came to their lane.
#[derive(Default)]
pub(super) struct Lanes {
    continuations: VecDeque<Entry>,
    new: VecDeque<Entry>,
    sweeps: VecDeque<Entry>,
}

impl Lanes {
    const fn of(&mut self, lane: Lane) -> &mut VecDeque<Entry> {
        match lane {
            Lane::Continuation => &mut self.continuations,
            Lane::New => &mut self.new,
            Lane::Sweep => &mut self.sweeps,
        }
    }

    pub(super) fn push(&mut self, lane: Lane, entry: Entry) {
        self.of(lane).push_back(entry);
    }

    /// Gives how many wait in one lane.
    pub(super) fn count(&self, lane: Lane) -> usize {
        match lane {
            Lane::Continuation => self.continuations.len(),
            Lane::New => self.new.len(),
            Lane::Sweep => self.sweeps.len(),
        }
    }

    /// Gives how many wait in all.
    pub(super) fn len(&self) -> usize {
        Lane::ALL.into_iter().map(|lane| self.count(lane)).sum()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes commands whose keys are free, within `limits`.
    ///
    /// A command overtakes only what is in a lane after its own: a second step goes before new commands on the same
    /// account, but nothing new begins before a second step that has to wait for the same.
    pub(super) fn take(&mut self, limits: Limits, is_free: impl Fn(&Keys) -> bool) -> Vec<Entry> {
        let limit = limits.commands;
        let sweeps = self.sweeps.len().min(limit.div_ceil(SWEEP_SHARE)).min(limit.saturating_sub(1));
        let mut taking = Taking { batch: Vec::new(), rows_left: limits.rows, passed: Keys::default(), is_free };
        // All of them are looked at: nothing new may begin before one that waits for the same.
        taking.from(&mut self.continuations, limit - sweeps, usize::MAX);
        taking.from(&mut self.new, limit - sweeps, limit);
        taking.from(&mut self.sweeps, limit, limit);
        taking.batch
    }
}

/// A batch that is being made.
struct Taking<F> {
    batch: Vec<Entry>,
    /// How many more rows may be named.
    rows_left: usize,
    /// What those name that have to wait. None that comes later may name the same.
    passed: Keys,
    is_free: F,
}

impl<F: Fn(&Keys) -> bool> Taking<F> {
    /// Fills the batch up to `size` from one lane, and passes `most` by at most.
    ///
    /// A command whose caller went away before its batch began is dropped: nothing was promised.
    fn from(&mut self, lane: &mut VecDeque<Entry>, size: usize, most: usize) {
        let mut left = VecDeque::new();
        while self.batch.len() < size
            && left.len() < most
            && let Some(entry) = lane.pop_front()
        {
            if entry.answer.is_closed() {
                continue;
            }
            let rows = entry.keys.count();
            let has_room = rows <= self.rows_left || self.batch.is_empty();
            if has_room && (self.is_free)(&entry.keys) && !entry.keys.meets(&self.passed) {
                self.rows_left = self.rows_left.saturating_sub(rows);
                self.batch.push(entry);
            } else {
                self.passed.extend(&entry.keys);
                left.push_back(entry);
            }
        }
        left.append(lane);
        *lane = left;
    }
}
