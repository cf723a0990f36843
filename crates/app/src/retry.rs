//! Steps that must not be given up at the first fault.

use std::{future::Future, time::Duration};

use hongbao_ports::{Chain, Failure, Fault, FaultKind};
use tokio::time::{Instant, sleep};
use tracing::warn;

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Repeats a step that may be repeated until it is done or refused, or until `until` has come.
///
/// The second step of a saga decides about money that is already reserved, so a short outage of the store must not
/// leave the decision to the clean-up.
pub(crate) async fn retry_until<T, R, F>(until: Instant, mut step: impl FnMut() -> F) -> Result<T, Failure<R>>
where
    F: Future<Output = Result<T, Failure<R>>>,
{
    let mut pause = FIRST_PAUSE;
    loop {
        match step().await {
            Err(Failure::Fault(fault)) if may_pass(&fault) && Instant::now() + pause < until => {
                warn!(fault = %Chain(&fault), "a step broke and is tried again");
                sleep(pause).await;
                pause = LONGEST_PAUSE.min(pause * 2);
            }
            outcome => return outcome,
        }
    }
}

fn may_pass(fault: &Fault) -> bool {
    match fault.kind() {
        FaultKind::Unavailable | FaultKind::Unresolved => fault.request().is_none(),
        FaultKind::Internal => false,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_short_outage_is_survived_and_a_long_one_ends_at_the_limit() {
        let tries = Cell::new(0);
        let step = |needed| {
            tries.set(tries.get() + 1);
            let broken = tries.get() < needed;
            async move { if broken { Err(Failure::Fault(Fault::unavailable("x"))) } else { Ok::<_, Failure<()>>(7) } }
        };
        let soon = || Instant::now() + Duration::from_secs(2);

        assert_eq!(retry_until(soon(), || step(4)).await.unwrap(), 7);
        assert_eq!(tries.get(), 4);
        assert!(matches!(retry_until(soon(), || step(usize::MAX)).await, Err(Failure::Fault(_))));
    }
}
