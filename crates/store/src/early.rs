//! A planted defect: callers are answered before COMMIT.

use std::cell::RefCell;

use hongbao_domain::{
    planted::{Defect, is_planted},
    store::Outcome,
};
use hongbao_ports::Fault;
use tokio::{sync::oneshot::Sender, task_local};

/// Where the outcomes of a batch go.
type Waiting = Vec<Sender<Result<Outcome, Fault>>>;

task_local! {
    /// The callers of the batch that the task runs.
    static WAITING: RefCell<Waiting>;
}

/// Runs a batch, during which its callers may be answered. Gives those who were not.
pub(crate) async fn run<T>(waiting: Waiting, batch: impl Future<Output = T>) -> (Waiting, T) {
    WAITING
        .scope(RefCell::new(waiting), async {
            let done = batch.await;
            (WAITING.with(RefCell::take), done)
        })
        .await
}

/// Answers the callers of the batch that this task runs, if the defect is planted.
pub(crate) fn answer(outcomes: &[Outcome]) {
    if !is_planted(Defect::EarlyAnswer) {
        return;
    }
    // A batch that was split is not answered early.
    let waiting =
        WAITING.try_with(|waiting| if waiting.borrow().len() == outcomes.len() { waiting.take() } else { Vec::new() });
    for (waiting, outcome) in waiting.unwrap_or_default().into_iter().zip(outcomes) {
        // A caller that went away meanwhile is not told.
        drop(waiting.send(Ok(outcome.clone())));
    }
}
