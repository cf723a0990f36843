//! A server's share of the cloud's quota for what it does in the background.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hongbao_domain::im_cloud::CloudRefusal;
use hongbao_ports::{Lane, Turn};
use tokio::time::{Instant, sleep_until};

/// How long after one turn the next one comes.
const PAUSE: Duration = Duration::from_millis(200);

/// The most notices of a server that may be on their way at once.
const AT_ONCE: usize = 8;

#[derive(Default)]
struct State {
    next: Option<Instant>,
    /// Turns that were given and not used.
    turns: usize,
    under_way: usize,
}

/// The share of one server.
#[derive(Clone, Default)]
pub(crate) struct Share(Arc<Mutex<State>>);

impl Share {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a turn, if it comes soon enough.
    pub(crate) async fn turn(&self, within: Duration) -> Result<Turn, CloudRefusal> {
        let at = {
            let (mut state, now) = (self.state(), Instant::now());
            let at = state.next.map_or(now, |next| next.max(now));
            if at > now + within {
                return Err(CloudRefusal::Busy);
            }
            state.next = Some(at + PAUSE);
            state.turns += 1;
            at
        };
        sleep_until(at).await;
        let share = self.clone();
        Ok(Turn::returnable(move || share.state().turns -= 1).on(Lane::Background))
    }

    /// Uses a turn up for a call that begins, and says what is wrong with it.
    pub(crate) fn begin(&self) -> Option<&'static str> {
        let mut state = self.state();
        state.under_way += 1;
        let Some(turns) = state.turns.checked_sub(1) else { return Some("without a turn") };
        state.turns = turns;
        (state.under_way > AT_ONCE).then_some("beside too many others")
    }

    /// Ends a call.
    pub(crate) fn end(&self) {
        self.state().under_way -= 1;
    }
}
