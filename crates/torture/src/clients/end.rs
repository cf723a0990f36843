//! What clients ask in the end, when nothing is broken any more.

use std::{
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use super::{lock::lock, op::Op, shared::Clients};
use crate::dice::Dice;

/// How many ask side by side.
const SIDE_BY_SIDE: usize = 10;

/// About how many are asked about once more of those that were always answered.
const MORE: u64 = 200;

impl Clients {
    /// Asks about everything that has a key and whose end is not known, until it is; gives how much is still not.
    pub(crate) fn settle(&self, limit: Duration, mut dice: Dice) -> usize {
        let until = Instant::now() + limit;
        loop {
            let open = std::mem::take(&mut *lock(&self.left));
            if open.is_empty() || Instant::now() > until {
                let count = open.len();
                *lock(&self.left) = open;
                return count;
            }
            Self::side_by_side(open, &mut dice, |op, dice| {
                self.attempt_calmly(&op, dice.index(self.servers));
                self.put_away(op);
            });
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Asks about every movement of money whose end was ever not known, until it is; gives how many are still not.
    pub(crate) fn settle_movements(&self, limit: Duration, dice: Dice) -> usize {
        self.cashiers.settle(limit, dice)
    }

    /// Asks once more about everything that has a key and of which an answer was lost, for by now it is known for good; and
    /// about some of the rest.
    pub(crate) fn ask_again_in_the_end(&self, mut dice: Dice) {
        let mut all = std::mem::take(&mut *lock(&self.answered));
        let keep = u64::try_from(all.len()).unwrap_or(u64::MAX) / MORE + 1;
        all.retain(|op| op.was_open() || dice.below(keep) == 0);
        Self::side_by_side(all, &mut dice, |op, dice| {
            self.attempt_calmly(&op, dice.index(self.servers));
            self.put_away(op);
        });
    }

    fn side_by_side(ops: Vec<Arc<Op>>, dice: &mut Dice, work: impl Fn(Arc<Op>, &mut Dice) + Sync) {
        let ops = Mutex::new(ops);
        thread::scope(|scope| {
            for _ in 0..SIDE_BY_SIDE {
                let (ops, work, mut dice) = (&ops, &work, dice.split());
                scope.spawn(move || {
                    loop {
                        let Some(op) = lock(ops).pop() else { return };
                        work(op, &mut dice);
                    }
                });
            }
        });
    }
}
