//! How much of one kind is under way at once.
//!
//! A pool lets all wait that come. Here new work waits only so long as few do, and what was begun goes first.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use hongbao_domain::store::Lane;
use hongbao_ports::Fault;
use tokio::{
    sync::oneshot,
    time::{Instant, timeout_at},
};

/// How many may wait for each that is under way. All of them have their turn within a fraction of a second.
const WAITING: usize = 64;

/// A bound on what is under way. A clone is the same.
#[derive(Debug, Clone)]
pub(crate) struct Gate(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    /// The most of new work that may wait.
    limit: usize,
}

#[derive(Debug)]
struct State {
    free: usize,
    continuations: VecDeque<oneshot::Sender<Permit>>,
    others: VecDeque<oneshot::Sender<Permit>>,
}

/// Leave to be under way; it ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Permit(Gate);

impl Gate {
    /// Makes a gate for so many at once.
    pub(crate) fn new(places: u32) -> Self {
        let places = usize::try_from(places).unwrap_or(usize::MAX);
        let state = State { free: places, continuations: VecDeque::new(), others: VecDeque::new() };
        Self(Arc::new(Inner { state: Mutex::new(state), limit: places.saturating_mul(WAITING) }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a place until `until`. What is new is refused at once where too many wait.
    pub(crate) async fn enter(&self, lane: Lane, until: Instant) -> Result<Permit, Fault> {
        let turn = match self.queue(lane)? {
            Turn::Now(permit) => return Ok(permit),
            Turn::Later(turn) => turn,
        };
        let missed = || Fault::unavailable("cannot begin: too many others are under way");
        timeout_at(until, turn).await.map_err(|_| missed())?.map_err(|_| missed())
    }

    fn queue(&self, lane: Lane) -> Result<Turn, Fault> {
        let mut state = self.state();
        // Those who went away would keep others out.
        state.others.retain(|turn| !turn.is_closed());
        if state.free > 0 {
            state.free -= 1;
            return Ok(Turn::Now(Permit(self.clone())));
        }
        let (give, turn) = oneshot::channel();
        match lane {
            Lane::Continuation => state.continuations.push_back(give),
            Lane::New | Lane::Sweep if state.others.len() >= self.0.limit => {
                return Err(Fault::unavailable("cannot begin: too many are waiting"));
            }
            Lane::New | Lane::Sweep => state.others.push_back(give),
        }
        Ok(Turn::Later(turn))
    }

    /// Gives a place to the next that waits for one.
    fn leave(&self) {
        let next = {
            let mut state = self.state();
            let mut next = None;
            while let Some(turn) = state.continuations.pop_front().or_else(|| state.others.pop_front()) {
                if !turn.is_closed() {
                    next = Some(turn);
                    break;
                }
            }
            if next.is_none() {
                state.free += 1;
            }
            next
        };
        if let Some(turn) = next {
            // One that goes away just now drops its permit, which comes back here.
            drop(turn.send(Permit(self.clone())));
        }
    }
}

enum Turn {
    Now(Permit),
    Later(oneshot::Receiver<Permit>),
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.leave();
    }
}

#[cfg(test)]
mod tests {
    use std::{pin::pin, time::Duration};

    use futures_util::{FutureExt, future::join_all, poll};

    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(3)
    }

    #[tokio::test]
    async fn one_more_than_may_wait_is_refused_at_once() {
        let gate = Gate::new(1);
        let permit = gate.enter(Lane::New, soon()).await.unwrap();
        let mut waiting = pin!(join_all((0..WAITING).map(|_| gate.enter(Lane::New, soon()))));
        assert!(poll!(&mut waiting).is_pending());

        assert!(gate.enter(Lane::New, soon()).now_or_never().expect("at once").is_err());

        drop(permit);
        let mut let_in = pin!(gate.enter(Lane::New, soon()));
        assert!(poll!(&mut let_in).is_pending(), "one has its turn, so another may wait");
    }

    #[tokio::test]
    async fn what_was_begun_may_always_wait_and_goes_first() {
        let gate = Gate::new(1);
        let permit = gate.enter(Lane::New, soon()).await.unwrap();
        let mut new = pin!(join_all((0..WAITING).map(|_| gate.enter(Lane::New, soon()))));
        assert!(poll!(&mut new).is_pending());
        let mut second = pin!(gate.enter(Lane::Continuation, soon()));
        assert!(poll!(&mut second).is_pending(), "it is not refused");

        drop(permit);

        assert!(poll!(&mut second).is_ready());
    }

    #[tokio::test]
    async fn it_is_waited_only_so_long() {
        let gate = Gate::new(1);
        let _permit = gate.enter(Lane::New, soon()).await.unwrap();
        let start = Instant::now();
        for lane in Lane::ALL {
            assert!(gate.enter(lane, start + Duration::from_millis(20)).await.is_err());
        }
        assert!(start.elapsed() >= Duration::from_millis(20));
    }

    #[tokio::test]
    async fn those_who_went_away_keep_nobody_from_waiting() {
        let gate = Gate::new(1);
        let _permit = gate.enter(Lane::New, soon()).await.unwrap();
        {
            let mut leaving = pin!(join_all((0..WAITING).map(|_| gate.enter(Lane::New, soon()))));
            assert!(poll!(&mut leaving).is_pending());
        }
        let mut next = pin!(gate.enter(Lane::New, soon()));
        assert!(poll!(&mut next).is_pending(), "it is not refused");
    }

    #[tokio::test]
    async fn no_place_is_lost_with_those_who_go_away() {
        let gate = Gate::new(2);
        let permits = [gate.enter(Lane::New, soon()).await.unwrap(), gate.enter(Lane::New, soon()).await.unwrap()];
        {
            let mut leaving = pin!(join_all(Lane::ALL.map(|lane| gate.enter(lane, soon()))));
            assert!(poll!(&mut leaving).is_pending());
            drop(permits);
            // They were given their turns and never took them.
        }

        let permits = [gate.enter(Lane::New, soon()).await, gate.enter(Lane::New, soon()).await];
        assert!(permits.iter().all(Result::is_ok));
        assert_eq!(gate.state().free, 0);
        drop(permits);
        assert_eq!(gate.state().free, 2);
    }
}
