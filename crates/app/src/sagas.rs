//! Tasks that outlive their callers.

use std::{future::Future, time::Duration};

use hongbao_ports::Fault;
use tokio::{runtime::Handle, time::timeout};
use tokio_util::task::TaskTracker;
use tracing::Instrument;

/// Runs sagas in tasks of their own and waits for them at shutdown.
#[derive(Debug, Clone)]
pub struct Sagas {
    tasks: TaskTracker,
    /// Where sagas run. Whoever asks for one may sit on a runtime that ends with its connections.
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

    /// Runs `saga` to its end, whatever becomes of the caller, and gives its result if it comes within `deadline`.
    /// It stays in the caller's span, so that its log lines name the request.
    ///
    /// Faults: unavailable while shutting down (nothing was begun); unresolved when the deadline came first (the
    /// saga goes on); internal when the saga panicked (the clean-up finishes it).
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        deadline: Duration,
        saga: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Fault> {
        if self.tasks.is_closed() {
            return Err(Fault::unavailable("cannot begin: the server is shutting down"));
        }
        match timeout(deadline, self.tasks.spawn_on(saga.in_current_span(), &self.runtime)).await {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(panic)) => Err(Fault::internal("cannot finish: the task was torn down").because(panic)),
            Err(elapsed) => Err(Fault::unresolved("cannot finish before the deadline").because(elapsed)),
        }
    }

    /// Takes no more sagas and waits for those that run, at most `grace`; says whether all ended.
    pub async fn drain(&self, grace: Duration) -> bool {
        self.tasks.close();
        timeout(grace, self.tasks.wait()).await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use hongbao_ports::FaultKind;
    use tokio::sync::oneshot;

    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    #[tokio::test(start_paused = true)]
    async fn a_saga_outlives_a_caller_who_hangs_up() {
        let (sagas, (go, gate), (done, ended)) = (Sagas::new(), oneshot::channel(), oneshot::channel());
        let saga = async move {
            let _: Result<(), _> = gate.await;
            done.send(()).unwrap();
        };
        let impatient = timeout(Duration::from_millis(1), sagas.run(MINUTE, saga)).await;
        assert!(impatient.is_err());

        go.send(()).unwrap();

        assert_eq!(ended.await, Ok(()));
        assert!(sagas.drain(MINUTE).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_saga_past_its_deadline_is_unresolved_and_drained_later() {
        let sagas = Sagas::new();
        let fault = sagas.run(MINUTE, std::future::pending::<()>()).await.unwrap_err();
        assert_eq!(fault.kind(), FaultKind::Unresolved);
        assert!(!sagas.drain(MINUTE).await);
    }

    #[tokio::test]
    async fn a_panic_is_a_fault_of_its_own_request_only() {
        let sagas = Sagas::new();
        let fault = sagas.run(MINUTE, async { panic!("a defect") }).await.map(|(): ()| ()).unwrap_err();
        assert_eq!(fault.kind(), FaultKind::Internal);
        assert_eq!(sagas.run(MINUTE, async { 7 }).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn nothing_begins_while_shutting_down() {
        let sagas = Sagas::new();
        assert!(sagas.drain(MINUTE).await);
        let fault = sagas.run(MINUTE, async {}).await.unwrap_err();
        assert_eq!(fault.kind(), FaultKind::Unavailable);
    }
}
