//! What is to happen, and when.

use std::{
    collections::BTreeMap,
    future::{pending, ready},
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::{FutureExt, future::BoxFuture};
use hongbao_domain::im_cloud::CloudRefusal;
use hongbao_ports::{Failure, Fault};
use tokio::{
    sync::{oneshot, watch},
    time::{sleep, timeout},
};

/// Long enough for a busy machine; only a broken test waits for it.
const LIMIT: Duration = Duration::from_secs(20);

/// A function of a port, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step(pub(super) &'static str);

/// A moment of a call. After it, its effect is there, but the caller has not heard of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// The port has not been called.
    Before(Step),
    /// The port has answered.
    After(Step),
}

type Effect = Box<dyn FnMut() -> BoxFuture<'static, Result<(), Fault>> + Send>;

struct Rule {
    moment: Moment,
    times: usize,
    effect: Effect,
}

/// How often a moment was reached, and how often what was planned for it was over: the call went on, or was broken.
#[derive(Default)]
struct Seen {
    reached: BTreeMap<Moment, usize>,
    passed: BTreeMap<Moment, usize>,
}

/// What is to happen at the calls of the ports that are wrapped in it. A clone is the same.
///
/// Rules of one moment are for one call after the other, in the order in which they were made.
#[derive(Clone, Default)]
pub struct Faults {
    rules: Arc<Mutex<Vec<Rule>>>,
    seen: watch::Sender<Seen>,
}

impl Faults {
    /// Holds the next call that comes to `moment`.
    pub fn hold(&self, moment: Moment) -> Gate {
        let ((reached, is_reached), (open, opened)) = (oneshot::channel(), oneshot::channel());
        let mut ends = Some((reached, opened));
        self.add(moment, 1, move || {
            let ends = ends.take();
            async move {
                let Some((reached, opened)) = ends else { return Ok(()) };
                reached.send(()).ok();
                opened.await.unwrap_or(Ok(()))
            }
        });
        Gate { reached: is_reached, open }
    }

    /// Lets the next call that comes to `moment` pass; what is planned next is for the one after it.
    pub fn skip(&self, moment: Moment) {
        self.add(moment, 1, || ready(Ok(())));
    }

    /// Breaks the next call that comes to `moment`.
    pub fn fail(&self, moment: Moment, fault: Fault) {
        self.fail_times(moment, 1, fault);
    }

    /// Breaks every call that comes to `moment`.
    pub fn always_fail(&self, moment: Moment, fault: Fault) {
        self.fail_times(moment, usize::MAX, fault);
    }

    /// Breaks so many calls that come to `moment`; `usize::MAX` are all.
    pub fn fail_times(&self, moment: Moment, times: usize, fault: Fault) {
        self.add(moment, times, move || ready(Err(fault.clone())));
    }

    /// Lets the next call that comes to `moment` panic.
    pub fn panic(&self, moment: Moment) {
        self.add(moment, 1, || async { panic!("a panic on demand") });
    }

    /// Lets every call stay so long at `moment`.
    pub fn delay(&self, moment: Moment, span: Duration) {
        self.add(moment, usize::MAX, move || sleep(span).map(Ok));
    }

    /// Lets no call ever come past `moment`.
    pub fn hang(&self, moment: Moment) {
        self.add(moment, usize::MAX, pending);
    }

    /// Forgets all that was planned.
    pub fn clear(&self) {
        self.rules.lock().expect("no holder of the rules has panicked").clear();
    }

    /// Gives how many calls of a function have begun.
    pub fn calls(&self, step: Step) -> usize {
        self.seen.borrow().reached.get(&Moment::Before(step)).copied().unwrap_or_default()
    }

    /// Gives the functions that were called, by name.
    pub fn steps(&self) -> Vec<Step> {
        let reached = &self.seen.borrow().reached;
        reached.keys().filter_map(|moment| if let Moment::Before(step) = moment { Some(*step) } else { None }).collect()
    }

    /// Forgets what was called.
    pub fn forget_steps(&self) {
        self.seen.send_replace(Seen::default());
    }

    /// Waits until so many calls in all have come past `moment`, or were broken there.
    pub async fn passed(&self, moment: Moment, times: usize) {
        let mut seen = self.seen.subscribe();
        let often_enough = seen.wait_for(|seen| seen.passed.get(&moment).copied().unwrap_or_default() >= times);
        let waited = timeout(LIMIT, often_enough).await.map(|seen| seen.map(drop));
        waited.unwrap_or_else(|_| panic!("no call came past {moment:?}")).expect("the sender is here");
    }

    fn add<F>(&self, moment: Moment, times: usize, mut effect: impl FnMut() -> F + Send + 'static)
    where
        F: Future<Output = Result<(), Fault>> + Send + 'static,
    {
        assert!(times > 0, "a rule is for one call at least");
        let rule = Rule { moment, times, effect: Box::new(move || effect().boxed()) };
        self.rules.lock().expect("no holder of the rules has panicked").push(rule);
    }

    /// Makes a call, with what is to happen before and after it.
    pub(super) async fn play<T, E: From<InjectedFault>>(
        &self,
        step: Step,
        call: impl Future<Output = Result<T, E>> + Send,
    ) -> Result<T, E> {
        self.pass(Moment::Before(step)).await?;
        let outcome = call.await;
        self.pass(Moment::After(step)).await?;
        outcome
    }

    async fn pass(&self, moment: Moment) -> Result<(), InjectedFault> {
        self.seen.send_modify(|seen| *seen.reached.entry(moment).or_default() += 1);
        let outcome = match self.take(moment) {
            Some(effect) => effect.await,
            None => Ok(()),
        };
        self.seen.send_modify(|seen| *seen.passed.entry(moment).or_default() += 1);
        outcome.map_err(InjectedFault)
    }

    fn take(&self, moment: Moment) -> Option<BoxFuture<'static, Result<(), Fault>>> {
        let mut rules = self.rules.lock().expect("no holder of the rules has panicked");
        let first = rules.iter().position(|rule| rule.moment == moment)?;
        let effect = (rules[first].effect)();
        match rules[first].times {
            1 => drop(rules.remove(first)),
            usize::MAX => {}
            _ => rules[first].times -= 1,
        }
        Some(effect)
    }
}

/// A call that is held, or will be. A gate that is dropped opens.
pub struct Gate {
    reached: oneshot::Receiver<()>,
    open: oneshot::Sender<Result<(), Fault>>,
}

impl Gate {
    /// Waits until a call is held here.
    pub async fn reached(&mut self) {
        timeout(LIMIT, &mut self.reached).await.expect("a call comes to the gate").expect("the rule is there");
    }

    /// Lets the call go on.
    pub fn open(self) {
        self.open.send(Ok(())).expect("the call still waits at the gate");
    }

    /// Lets the call go on as if it had broken.
    pub fn fail(self, fault: Fault) {
        self.open.send(Err(fault)).expect("the call still waits at the gate");
    }
}

/// A fault on demand, to become what the port's callers know. A call to the cloud that breaks has an unknown outcome.
pub(super) struct InjectedFault(Fault);

impl From<InjectedFault> for Fault {
    fn from(InjectedFault(fault): InjectedFault) -> Self {
        fault
    }
}

impl<R> From<InjectedFault> for Failure<R> {
    fn from(InjectedFault(fault): InjectedFault) -> Self {
        Self::Fault(fault)
    }
}

impl From<InjectedFault> for CloudRefusal {
    fn from(_: InjectedFault) -> Self {
        Self::Unknown(None)
    }
}
