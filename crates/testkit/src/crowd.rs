//! Many callers at the same moment.

use std::sync::Arc;

use tokio::{
    spawn,
    sync::Barrier,
    task::{JoinError, JoinHandle},
};

/// Runs all calls at once, each in a task of its own behind one barrier, and gives their answers in order.
pub(crate) async fn at_once<F>(calls: impl IntoIterator<Item = F>) -> Vec<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    let calls: Vec<_> = calls.into_iter().collect();
    let barrier = Arc::new(Barrier::new(calls.len()));
    let tasks: Vec<_> = calls.into_iter().map(|call| behind(&barrier, call)).collect();
    let mut answers = Vec::with_capacity(tasks.len());
    for task in tasks {
        answers.push(answer(task.await));
    }
    answers
}

/// Runs two different calls at once.
pub(crate) async fn both<F, G>(first: F, second: G) -> (F::Output, G::Output)
where
    F: Future<Output: Send> + Send + 'static,
    G: Future<Output: Send> + Send + 'static,
{
    let barrier = Arc::new(Barrier::new(2));
    let (first, second) = (behind(&barrier, first), behind(&barrier, second));
    (answer(first.await), answer(second.await))
}

fn behind<F>(barrier: &Arc<Barrier>, call: F) -> JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    let barrier = Arc::clone(barrier);
    spawn(async move {
        barrier.wait().await;
        call.await
    })
}

fn answer<T>(joined: Result<T, JoinError>) -> T {
    joined.expect("the call does not panic")
}
