//! What one user who floods the server costs another who publishes.

use std::{
    fmt::Write as _,
    io::{Write, stdout},
    net::SocketAddr,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use futures_util::future::join_all;
use tempfile::TempDir;
use tokio::runtime::Builder;

use crate::{
    candidate::{Candidate, Kind, Programs},
    cli::{FloodOptions, Store},
    client::Client,
    error::BenchError,
    fill,
    load::{Measured, drive},
    stores,
    work::{FromOne, Publishes},
};

/// The user who floods. The publisher is another.
const FLOODER: u32 = 0;

/// How often the idle value may be met under a flood.
const LIMIT: u64 = 3;

const DATABASE: &str = "flooded";

const WARM_UP: Duration = Duration::from_secs(1);
const SPAN: Duration = Duration::from_secs(5);

/// Measures publish alone and beside floods of different sizes, prints both, and fails if a flood costs too much.
pub(crate) fn run(options: &FloodOptions) -> Result<ExitCode, BenchError> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| BenchError::because("cannot start the runtime", error))?;
    runtime.block_on(measure(options))
}

async fn measure(options: &FloodOptions) -> Result<ExitCode, BenchError> {
    let programs = Programs::find()?;
    let cloud = programs.cloud()?;
    let cloud_url = format!("http://{}", cloud.address);
    let mut is_good = true;
    for store in &options.stores {
        let start = |kind, url| Candidate::start(&programs, kind, Some(url), &cloud_url);
        is_good &= match store {
            Store::Sqlite => {
                let folder = TempDir::new().map_err(|error| BenchError::because("cannot make a folder", error))?;
                floods(&start(Kind::Sqlite, stores::sqlite(folder.path()).await?)?, &options.connections).await?
            }
            Store::Postgres => {
                let cluster = stores::cluster()?;
                stores::postgres(&cluster, DATABASE).await?;
                floods(&start(Kind::Postgres, cluster.url(DATABASE))?, &options.connections).await?
            }
        };
    }
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Floods one server after the other size, and says whether all costs were within the limit.
async fn floods(server: &Candidate, connections: &[usize]) -> Result<bool, BenchError> {
    let address = server.process.address;
    publish(address, WARM_UP).await?;
    let mut is_good = true;
    for connections in connections {
        let idle = publish(address, SPAN).await?;
        let flood = Flood::start(address, *connections);
        publish(address, WARM_UP).await?;
        let flooded = publish(address, SPAN).await?;
        let answered = flood.stop();
        is_good &= flooded.p50_us <= LIMIT * idle.p50_us;
        let ratio = flooded.p50_us * 100 / idle.p50_us.max(1);
        let line = format!(
            "{}, {connections} connections of friend_add: publish p50 {} us idle, {} us under the flood \
            ({}.{:02} times, at most {LIMIT}), p99 {} us and {} us; {answered} answers to the flood\n",
            server.kind.name(),
            idle.p50_us,
            flooded.p50_us,
            ratio / 100,
            ratio % 100,
            idle.p99_us,
            flooded.p99_us,
        );
        stdout().write_all(line.as_bytes()).map_err(|error| BenchError::because("cannot print", error))?;
    }
    Ok(is_good)
}

/// One connection of a user who does not flood.
async fn publish(address: SocketAddr, span: Duration) -> Result<Measured, BenchError> {
    let (measured, _) = drive(address, 1, span, FromOne(FLOODER + 1, Publishes::new(7))).await?;
    Ok(measured)
}

/// Connections of one session, each of which asks again as soon as it is answered, whatever it is told. They have a thread
/// of their own, so that the publisher does not wait for them in this program.
struct Flood {
    is_over: Arc<AtomicBool>,
    answered: Arc<AtomicU64>,
    thread: thread::JoinHandle<()>,
}

impl Flood {
    fn start(address: SocketAddr, connections: usize) -> Self {
        let (is_over, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (over, count) = (Arc::clone(&is_over), Arc::clone(&answered));
        let thread = thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime can be built");
            runtime.block_on(join_all((0..connections).map(|number| flood(address, number, &over, &count))));
        });
        Self { is_over, answered, thread }
    }

    /// Ends it and gives how often it was answered.
    fn stop(self) -> u64 {
        self.is_over.store(true, Ordering::Relaxed);
        drop(self.thread.join());
        self.answered.load(Ordering::Relaxed)
    }
}

async fn flood(address: SocketAddr, number: usize, is_over: &AtomicBool, answered: &AtomicU64) {
    let (mut form, key) = (String::new(), fill::key(FLOODER));
    let mut other = u32::try_from(number).unwrap_or(0);
    while !is_over.load(Ordering::Relaxed) {
        // A connection that the server closes is opened again.
        let Ok(mut client) = Client::connect(address).await else { continue };
        while !is_over.load(Ordering::Relaxed) {
            other = (other + 1) % fill::USERS;
            form.clear();
            // Writing to a string cannot fail.
            if write!(form, "session_key={key}&user_id={}", fill::user(other)).is_err() {
                return;
            }
            if client.post("/im/friend_add", &form, None).await.is_err() {
                break;
            }
            answered.fetch_add(1, Ordering::Relaxed);
        }
    }
}
