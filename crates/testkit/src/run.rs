//! How cases are run.

use std::{process::ExitCode, sync::Arc, time::Duration};

use libtest_mimic::{Arguments, Failed, Trial};
use tokio::{runtime::Builder, time::timeout};

use crate::{TestStore, assert_holds, case::Case, cases};

/// How long a case may take: far more than any needs, so that only what hangs is stopped.
const LIMIT: Duration = Duration::from_mins(1);

/// Runs the whole suite as a test program; the command line is that of any Rust test.
///
/// `factory` makes the adapter under test on a new and empty store. It is called once for each case, inside the
/// case's own runtime.
pub fn main<F, R>(adapter: &'static str, factory: F) -> ExitCode
where
    F: Fn() -> R + Send + Sync + 'static,
    R: Future<Output = TestStore> + Send,
{
    main_of([trials(adapter, factory)])
}

/// Runs the suites of several adapters as one test program. See [`main`].
pub fn main_of(suites: impl IntoIterator<Item = Vec<Trial>>) -> ExitCode {
    libtest_mimic::run(&Arguments::from_args(), suites.into_iter().flatten().collect()).exit_code()
}

/// Gives the whole suite, to be run together with others. See [`main_of`].
pub fn trials<F, R>(adapter: &'static str, factory: F) -> Vec<Trial>
where
    F: Fn() -> R + Send + Sync + 'static,
    R: Future<Output = TestStore> + Send,
{
    let factory = Arc::new(factory);
    let trial = |case: &Case| {
        let (case, factory) = (*case, factory.clone());
        let name = case.name.rsplit("::cases::").next().unwrap_or(case.name);
        Trial::test(format!("{adapter}::{name}"), move || run(case, factory))
    };
    cases::all().map(trial).collect()
}

/// Runs one case on a runtime of its own.
fn run<F, R>(case: Case, factory: Arc<F>) -> Result<(), Failed>
where
    F: Fn() -> R + Send + Sync + 'static,
    R: Future<Output = TestStore> + Send,
{
    let runtime = Builder::new_multi_thread().worker_threads(4).enable_all().build()?;
    let task = runtime.spawn(async move {
        let store = factory().await;
        (case.check)(&store).await;
        assert_holds(&store).await;
    });
    let ended = runtime.block_on(async { timeout(LIMIT, task).await });
    runtime.shutdown_timeout(Duration::from_secs(5));
    match ended {
        Ok(Ok(())) => Ok(()),
        Ok(Err(panic)) => std::panic::resume_unwind(panic.into_panic()),
        Err(_) => Err(format!("not done within {} s", LIMIT.as_secs()).into()),
    }
}
