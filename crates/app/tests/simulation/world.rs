//! What all simulated servers and clients share: the dice, the time, the store's rows, the cloud and the history.

use std::{
    ops::Range,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use hongbao_app::OpenedNotice;
use hongbao_domain::{id::EndpointId, time::Timestamp};
use hongbao_ports::{Clock, Ids};
use hongbao_testkit::{Dice, ManualClock, MemoryStore, SeqIds};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::{cloud::Memory, history::History};

/// How often something goes wrong, in percent of the moments at which it may. It differs from seed to seed, so that rare
/// accidents are met alone as well as together.
#[derive(Debug)]
pub(crate) struct Chances {
    /// A server dies.
    pub(crate) crash: usize,
    /// A task of a server stands still, longer than a lease at the most.
    pub(crate) stall: usize,
    /// It stands still at this step more often than not.
    pub(crate) stall_at: &'static str,
    /// A commit fails, or its answer is lost.
    pub(crate) store: usize,
    /// The cloud refuses or is late, or its answer is lost.
    pub(crate) cloud: usize,
    /// The cloud is slow.
    pub(crate) slow: usize,
    /// A read breaks.
    pub(crate) read: usize,
    /// A client hangs up.
    pub(crate) hang_up: usize,
    /// A client claims a packet, where one was shown to it.
    pub(crate) claim: usize,
}

/// What goes on with something that was begun; and nothing.
const STEPS: [&str; 10] = [
    "",
    "Confirm",
    "Cancel",
    "SettleClaim",
    "ReleaseClaim",
    "ActivateGroup",
    "ActivateJoin",
    "DiscardJoin",
    "ClaimDelivery",
    "EndDelivery",
];

pub(crate) struct World {
    dice: Dice,
    pub(crate) chances: Chances,
    /// From then on nothing goes wrong.
    pub(crate) healed: CancellationToken,
    /// From then on no server sweeps by itself.
    pub(crate) is_over: CancellationToken,
    pub(crate) clock: Arc<TokioClock>,
    pub(crate) ids: Arc<SeqIds>,
    pub(crate) rows: Arc<MemoryStore>,
    /// For how long a packet can be claimed.
    pub(crate) life: Duration,
    /// How the sender of a packet is told that it was claimed.
    pub(crate) opened_notice: OpenedNotice,
    cloud: Mutex<Memory>,
    history: Mutex<History>,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let dice = Dice::new(seed);
        let one_of = |choices: [usize; 4]| choices[below(&dice, choices.len())];
        let chances = Chances {
            crash: one_of([0, 1, 2, 5]),
            stall: one_of([0, 0, 2, 10]),
            stall_at: STEPS[below(&dice, STEPS.len())],
            store: one_of([0, 2, 5, 12]),
            cloud: one_of([0, 5, 15, 40]),
            read: one_of([0, 0, 0, 10]),
            hang_up: one_of([0, 0, 10, 30]),
            slow: one_of([0, 10, 30, 60]),
            claim: one_of([20, 40, 60, 80]),
        };
        let life = Duration::from_secs([10, 30, 60][below(&dice, 3)]);
        let opened_notice = [OpenedNotice::Required, OpenedNotice::Deferred][below(&dice, 2)];
        let clock = Arc::new(TokioClock { start: ManualClock::default().now(), began: Instant::now() });
        Self {
            dice,
            chances,
            healed: CancellationToken::new(),
            is_over: CancellationToken::new(),
            rows: Arc::new(MemoryStore::new(clock.clone())),
            clock,
            ids: Arc::default(),
            life,
            opened_notice,
            cloud: Mutex::default(),
            history: Mutex::default(),
        }
    }

    /// Gives a number below `count`.
    pub(crate) fn below(&self, count: usize) -> usize {
        below(&self.dice, count)
    }

    /// Whether something that may go wrong does.
    pub(crate) fn happens(&self, percent: usize) -> bool {
        percent > 0 && !self.healed.is_cancelled() && self.below(100) < percent
    }

    /// Waits so many milliseconds, and no longer than things go wrong.
    pub(crate) async fn pause(&self, ms: Range<usize>) {
        let ms = ms.start + self.below(ms.len());
        let span = Duration::from_millis(ms.try_into().expect("a pause is short"));
        tokio::select! {
            biased;
            () = self.healed.cancelled() => {}
            () = sleep(span) => {}
        }
    }

    pub(crate) fn cloud(&self) -> MutexGuard<'_, Memory> {
        self.cloud.lock().expect("no holder of the cloud has panicked")
    }

    pub(crate) fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().expect("no holder of the history has panicked")
    }

    /// Writes down what has happened.
    pub(crate) fn note(&self, line: impl AsRef<str>) {
        let ms = self.clock.began.elapsed().as_millis();
        self.history().lines.push(format!("{ms:>7} {}", line.as_ref()));
    }

    /// Writes down what must not be.
    pub(crate) fn defect(&self, line: impl AsRef<str>) {
        self.note(format!("DEFECT {}", line.as_ref()));
        self.history().defects.push(line.as_ref().to_owned());
    }
}

/// The bits of a fresh id, which is thrown away.
fn below(dice: &Dice, count: usize) -> usize {
    let count = u128::try_from(count).expect("a count is small");
    usize::try_from(dice.event().to_u128() % count).expect("it is below the count")
}

/// The store's clock, which goes with tokio's.
pub(crate) struct TokioClock {
    start: Timestamp,
    began: Instant,
}

impl Clock for TokioClock {
    fn now(&self) -> Timestamp {
        self.start.after(self.began.elapsed())
    }
}

/// Names an endpoint of the app's backend.
pub(crate) fn endpoint(number: u8) -> EndpointId {
    EndpointId::from_u128(number.into())
}
