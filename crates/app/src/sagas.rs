//! Tasks that outlive their callers.

use std::{
    future::Future,
    sync::{Arc, OnceLock},
    time::Duration,
};

use hongbao_ports::Fault;
use tokio::{
    runtime::Handle,
    time::{timeout, timeout_at},
};
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::Caller;

/// Runs sagas in tasks of their own and waits for them at shutdown.
#[derive(Debug, Clone)]
pub struct Sagas {
    tasks: TaskTracker,
    /// Where sagas run. The caller that asks for one may sit on a runtime that ends with its connections.
    runtime: Handle,
}

impl Sagas {
    /// Starts with no task. Sagas will run on the tokio runtime on which this is called.
    ///
    /// # Panics
    /// Panics outside of a tokio runtime.
    #[expect(clippy::new_without_default, reason = "it needs a runtime around it")]
    pub fn new() -> Self {
        Self { tasks: TaskTracker::new(), runtime: Handle::current() }
    }

    /// Runs `saga` to its end, whatever becomes of the caller, and gives its result if it comes before the caller's
    /// deadline. `start` is the one by which the saga begins.
    ///
    /// It stays in the caller's span, so that its log lines name the request, and in its trace, and holds the caller's permit.
    ///
    /// Faults: unavailable while shutting down, or when the deadline came before the saga had begun (then it never does);
    /// unresolved when the deadline came later (the saga goes on); internal when the saga panicked (the clean-up finishes
    /// it).
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        caller: &Caller,
        start: &Start,
        saga: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Fault> {
        if self.tasks.is_closed() {
            return Err(Fault::unavailable("cannot begin: the server is shutting down"));
        }
        let permit = caller.permit();
        let saga = async move {
            let _permit = permit;
            saga.await
        };
        let mut task = self.tasks.spawn_on(hongbao_traces::carried(saga.in_current_span()), &self.runtime);
        match timeout_at(caller.deadline.at(), &mut task).await {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(panic)) => Err(Fault::internal("cannot finish: the task was torn down").because(panic)),
            Err(elapsed) if start.give_up() => {
                // It has only read, and may be dropped at any point.
                task.abort();
                Err(Fault::unavailable("cannot begin before the deadline").because(elapsed))
            }
            Err(elapsed) => Err(Fault::unresolved("cannot finish before the deadline").because(elapsed)),
        }
    }

    /// Takes no more sagas and waits for those that run, at most `grace`; says whether all ended.
    pub async fn drain(&self, grace: Duration) -> bool {
        self.tasks.close();
        timeout(grace, self.tasks.wait()).await.is_ok()
    }
}

/// Decides, once, whether a saga begins or its caller is told before that nothing was begun. A clone is the same.
///
/// A saga begins with its first step that may change something, here or at the cloud. What it does before that are reads.
#[derive(Debug, Clone, Default)]
pub(crate) struct Start(Arc<OnceLock<Decision>>);

#[derive(Debug, PartialEq, Eq)]
enum Decision {
    Begun,
    GivenUp,
}

impl Start {
    /// Nothing is decided.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Begins, unless the caller was told that nothing would be begun. Every step of the saga may ask.
    pub(crate) fn begin(&self) -> Result<(), Fault> {
        match self.0.get_or_init(|| Decision::Begun) {
            Decision::Begun => Ok(()),
            Decision::GivenUp => Err(Fault::unavailable("cannot begin: the deadline has passed")),
        }
    }

    /// Says whether something may have been changed.
    pub(crate) fn has_begun(&self) -> bool {
        self.0.get() == Some(&Decision::Begun)
    }

    /// Keeps the saga from beginning; `false` if it has.
    fn give_up(&self) -> bool {
        *self.0.get_or_init(|| Decision::GivenUp) == Decision::GivenUp
    }
}

#[cfg(test)]
mod tests {
    use hongbao_ports::FaultKind;
    use tokio::sync::oneshot;

    use super::*;
    use crate::{Deadline, InFlight};

    const MINUTE: Duration = Duration::from_mins(1);

    fn caller() -> Caller {
        Caller::new("alice".parse().unwrap(), Deadline::after(MINUTE))
    }

    fn begun() -> Start {
        let start = Start::new();
        start.begin().unwrap();
        start
    }

    #[tokio::test(start_paused = true)]
    async fn a_saga_outlives_a_caller_who_hangs_up() {
        let (sagas, (go, gate), (done, ended)) = (Sagas::new(), oneshot::channel(), oneshot::channel());
        let saga = async move {
            let _: Result<(), _> = gate.await;
            done.send(()).unwrap();
        };
        let impatient = timeout(Duration::from_millis(1), sagas.run(&caller(), &Start::new(), saga)).await;
        assert!(impatient.is_err());

        go.send(()).unwrap();

        assert_eq!(ended.await, Ok(()));
        assert!(sagas.drain(MINUTE).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_saga_past_its_deadline_is_unresolved_and_drained_later() {
        let sagas = Sagas::new();
        let fault = sagas.run(&caller(), &begun(), std::future::pending::<()>()).await.unwrap_err();
        assert_eq!(fault.kind(), FaultKind::Unresolved);
        assert!(!sagas.drain(MINUTE).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_saga_that_has_not_begun_at_the_deadline_never_does() {
        let (sagas, start) = (Sagas::new(), Start::new());
        let fault = sagas.run(&caller(), &start, std::future::pending::<()>()).await.unwrap_err();
        assert_eq!(fault.kind(), FaultKind::Unavailable);
        assert_eq!(start.begin().unwrap_err().kind(), FaultKind::Unavailable);
        assert!(sagas.drain(MINUTE).await, "its reads are dropped");
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_caller_has_used_up_is_not_given_again() {
        let (sagas, caller) = (Sagas::new(), caller());
        tokio::time::sleep(MINUTE / 2).await;
        drop(sagas.run(&caller, &begun(), std::future::pending::<()>()).await);
        assert_eq!(caller.deadline.at(), tokio::time::Instant::now());
    }

    #[tokio::test(start_paused = true)]
    async fn a_saga_whose_caller_hung_up_still_counts() {
        let (sagas, in_flight, (go, gate)) = (Sagas::new(), InFlight::new(1.try_into().unwrap()), oneshot::channel());
        let user = "alice".parse().unwrap();
        let caller = Caller::with_permit(user, Deadline::after(MINUTE), in_flight.enter(user).unwrap());
        let saga = async move { gate.await.unwrap() };
        let hung_up = timeout(Duration::from_millis(1), sagas.run(&caller, &begun(), saga)).await;
        assert!(hung_up.is_err());
        drop(caller);
        assert!(in_flight.enter(user).is_none());

        go.send(()).unwrap();

        assert!(sagas.drain(MINUTE).await);
        assert!(in_flight.enter(user).is_some());
    }

    #[tokio::test]
    async fn a_panic_is_a_fault_of_its_own_request_only() {
        let sagas = Sagas::new();
        let panicked = sagas.run(&caller(), &Start::new(), async { panic!("a defect") }).await;
        let fault = panicked.map(|(): ()| ()).unwrap_err();
        assert_eq!(fault.kind(), FaultKind::Internal);
        assert_eq!(sagas.run(&caller(), &Start::new(), async { 7 }).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn nothing_begins_while_shutting_down() {
        let sagas = Sagas::new();
        assert!(sagas.drain(MINUTE).await);
        let fault = sagas.run(&caller(), &Start::new(), async {}).await.unwrap_err();
        assert_eq!(fault.kind(), FaultKind::Unavailable);
    }
}
