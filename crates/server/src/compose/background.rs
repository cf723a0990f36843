//! The work that no request waits for.

use std::time::Duration;

use hongbao_app::{CleanUp, Outbox, Pruner, groups::Reconciler};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// All of it, put together.
pub(super) struct Background {
    pub(super) clean_up: CleanUp,
    pub(super) clean_up_interval: Duration,
    pub(super) reconciler: Reconciler,
    pub(super) reconcile_interval: Duration,
    pub(super) pruner: Pruner,
    pub(super) outbox: Outbox,
}

impl Background {
    /// Starts a task for each, which ends when `stop` says so.
    pub(super) fn start(self, stop: &CancellationToken) -> Vec<JoinHandle<()>> {
        let Self { clean_up, clean_up_interval, reconciler, reconcile_interval, pruner, outbox } = self;
        let [first, second, third, fourth] = [(); 4].map(|()| stop.clone().cancelled_owned());
        vec![
            tokio::spawn(async move { clean_up.run(clean_up_interval, first).await }),
            tokio::spawn(async move { reconciler.run(reconcile_interval, second).await }),
            tokio::spawn(async move { pruner.run(third).await }),
            tokio::spawn(async move { outbox.run(fourth).await }),
        ]
    }
}
