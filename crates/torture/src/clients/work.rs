//! The ways in which clients ask.

use std::{
    sync::{Arc, Barrier, PoisonError},
    thread,
    time::Duration,
};

use super::{
    lock::lock,
    op::{Op, Outcome},
    shared::Clients,
};
use crate::{
    dice::Dice,
    want::{Want, think},
};

/// How often a client asks before it leaves the rest for later.
const REPEATS: usize = 6;

impl Clients {
    /// Asks for one thing after another until the work is over.
    pub(super) fn work(&self, mut dice: Dice) {
        while !self.is_over() {
            thread::sleep(Duration::from_millis(dice.below(25)));
            match dice.below(100) {
                0..8 => self.come_back(&mut dice),
                8..11 => self.ask_again(&mut dice),
                11..13 => self.ask_for_something_else(&mut dice),
                _ => {
                    let mark = format!("m{}", self.next_op());
                    let want = {
                        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
                        think(&known, &mark, &mut dice)
                    };
                    self.pursue(want, &mark, &mut dice);
                }
            }
        }
    }

    /// Goes after something new, in one of the ways in which clients do.
    fn pursue(&self, want: Want, mark: &str, dice: &mut Dice) {
        let has_key = want.changes() && want.wrong.is_none() && dice.percent(70);
        if want.method == "msg_redpack_accept" && want.wrong.is_none() && dice.percent(35) {
            return self.race(&want, dice);
        }
        let op = Arc::new(Op::new(self.next_op(), want, has_key.then(|| format!("key-{mark}"))));
        if op.key().is_some() && dice.percent(12) {
            self.ask_everywhere(&op, dice);
        }
        self.repeat_until_known(op, dice);
    }

    /// All servers hear of one packet at the same moment, each of them twice, half of it under keys of its own.
    fn race(&self, want: &Want, dice: &mut Dice) {
        let barrier = Barrier::new(self.servers * 2);
        let ops: Vec<_> = (0..self.servers * 2)
            .map(|number| {
                let id = self.next_op();
                Arc::new(Op::new(id, want.clone(), (number % 2 == 0).then(|| format!("race-{id}"))))
            })
            .collect();
        thread::scope(|scope| {
            for (number, op) in ops.iter().enumerate() {
                let (barrier, mut dice) = (&barrier, dice.split());
                scope.spawn(move || {
                    barrier.wait();
                    self.attempt(op, number / 2, &mut dice);
                });
            }
        });
        for op in ops {
            self.put_away(op);
        }
    }

    /// All servers hear the same request under the same key at the same moment.
    fn ask_everywhere(&self, op: &Arc<Op>, dice: &mut Dice) {
        let barrier = Barrier::new(self.servers.max(2));
        thread::scope(|scope| {
            for number in 0..self.servers.max(2) {
                let (barrier, mut dice) = (&barrier, dice.split());
                scope.spawn(move || {
                    barrier.wait();
                    self.attempt(op, number % self.servers, &mut dice);
                });
            }
        });
    }

    /// Asks; under a key again and again, any server, for a while.
    fn repeat_until_known(&self, op: Arc<Op>, dice: &mut Dice) {
        for _ in 0..REPEATS {
            match self.attempt(&op, dice.index(self.servers), dice) {
                Outcome::Unsent | Outcome::Open if op.key().is_none() => return,
                Outcome::Known => return self.put_away(op),
                Outcome::Unsent | Outcome::Open => {}
            }
            if self.is_over() {
                break;
            }
            thread::sleep(Duration::from_millis(20 + dice.below(400)));
        }
        self.put_away(op);
    }

    /// Comes back to something that was left.
    fn come_back(&self, dice: &mut Dice) {
        let op = {
            let mut left = lock(&self.left);
            if left.is_empty() { None } else { Some(dice.index(left.len())).map(|index| left.swap_remove(index)) }
        };
        if let Some(op) = op {
            self.repeat_until_known(op, dice);
        }
    }

    /// Asks again for something that was answered.
    fn ask_again(&self, dice: &mut Dice) {
        if let Some(op) = self.some_answered(dice) {
            self.attempt(&op, dice.index(self.servers), dice);
        }
    }

    /// Asks for something else under a key that was used.
    fn ask_for_something_else(&self, dice: &mut Dice) {
        let Some(used) = self.some_answered(dice) else { return };
        let id = self.next_op();
        let want = used.want.other(&format!("m{id}"));
        if want != used.want {
            let op = Arc::new(Op::new(id, want, used.key().map(str::to_owned)));
            self.attempt(&op, dice.index(self.servers), dice);
            self.put_away(op);
        }
    }

    fn some_answered(&self, dice: &mut Dice) -> Option<Arc<Op>> {
        let answered = lock(&self.answered);
        if answered.is_empty() { None } else { Some(Arc::clone(dice.one(&answered))) }
    }
}
