//! Where a saga can be held or broken: before and after each of its steps.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use hongbao_ports::Fault;
use tokio::{
    sync::{oneshot, watch},
    time::timeout,
};

/// Long enough for a busy machine; only a broken test waits for it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// What a saga does to the world, one step after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Reserve,
    TellCloud,
    Confirm,
    Cancel,
    BeginClaim,
    SettleClaim,
    ReleaseClaim,
}

/// A moment in a saga. After a step, its effect is there, but the saga has not heard of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    Before(Step),
    After(Step),
}

/// What is to happen to the sagas of a server. A clone is the same script.
#[derive(Clone, Default)]
pub(crate) struct Script {
    cues: Arc<Mutex<Vec<(Moment, Cue)>>>,
    passed: watch::Sender<Vec<Moment>>,
}

enum Cue {
    Hold { reached: oneshot::Sender<()>, opened: oneshot::Receiver<Result<(), Fault>> },
    Skip,
    Fail(Fault),
    AlwaysFail(Fault),
    Panic,
}

impl Script {
    /// Holds the next saga that comes to `moment`.
    pub(crate) fn hold(&self, moment: Moment) -> Gate {
        let ((reached, is_reached), (open, opened)) = (oneshot::channel(), oneshot::channel());
        self.cue(moment, Cue::Hold { reached, opened });
        Gate { reached: is_reached, open }
    }

    /// Lets the next saga that comes to `moment` pass; what is written next is for the one after it.
    pub(crate) fn skip(&self, moment: Moment) {
        self.cue(moment, Cue::Skip);
    }

    /// Breaks the step of the next saga that comes to `moment`.
    pub(crate) fn fail(&self, moment: Moment, fault: Fault) {
        self.cue(moment, Cue::Fail(fault));
    }

    /// Breaks the step whenever a saga comes to `moment`.
    pub(crate) fn always_fail(&self, moment: Moment, fault: Fault) {
        self.cue(moment, Cue::AlwaysFail(fault));
    }

    /// Lets the next saga that comes to `moment` panic.
    pub(crate) fn panic(&self, moment: Moment) {
        self.cue(moment, Cue::Panic);
    }

    /// Waits until sagas have passed `moment` so many times in all.
    pub(crate) async fn passed(&self, moment: Moment, times: usize) {
        let mut passed = self.passed.subscribe();
        let often_enough = passed.wait_for(|all| all.iter().filter(|one| **one == moment).count() >= times);
        let waited = timeout(PATIENCE, often_enough).await.map(|found| found.map(|_| ()));
        waited.unwrap_or_else(|_| panic!("no saga came past {moment:?}")).expect("the script outlives its waiters");
    }

    /// Does what is to happen at `moment`. The sagas call it.
    pub(crate) async fn pass(&self, moment: Moment) -> Result<(), Fault> {
        let outcome = match self.take(moment) {
            None | Some(Cue::Skip) => Ok(()),
            Some(Cue::Hold { reached, opened }) => {
                reached.send(()).ok();
                opened.await.unwrap_or(Ok(()))
            }
            Some(Cue::Fail(fault) | Cue::AlwaysFail(fault)) => Err(fault),
            Some(Cue::Panic) => panic!("a panic on demand"),
        };
        self.passed.send_modify(|passed| passed.push(moment));
        outcome
    }

    fn cue(&self, moment: Moment, cue: Cue) {
        self.cues.lock().unwrap_or_else(PoisonError::into_inner).push((moment, cue));
    }

    fn take(&self, moment: Moment) -> Option<Cue> {
        let mut cues = self.cues.lock().unwrap_or_else(PoisonError::into_inner);
        let first = cues.iter().position(|(cued, _)| *cued == moment)?;
        if let Cue::AlwaysFail(fault) = &cues[first].1 {
            return Some(Cue::AlwaysFail(fault.clone()));
        }
        Some(cues.remove(first).1)
    }
}

/// A saga that is held, or will be. A gate that is dropped opens.
pub(crate) struct Gate {
    reached: oneshot::Receiver<()>,
    open: oneshot::Sender<Result<(), Fault>>,
}

impl Gate {
    /// Waits until a saga is held here.
    pub(crate) async fn reached(&mut self) {
        timeout(PATIENCE, &mut self.reached).await.expect("a saga comes to the gate").expect("the script is there");
    }

    /// Lets the saga go on.
    pub(crate) fn open(self) {
        self.open.send(Ok(())).expect("the saga still waits at the gate");
    }

    /// Lets the saga go on as if the step had broken.
    pub(crate) fn fail(self, fault: Fault) {
        self.open.send(Err(fault)).expect("the saga still waits at the gate");
    }
}
