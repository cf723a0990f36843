//! A connection to PostgreSQL that can be lost at a chosen moment.

mod held;
mod plan;
mod relay;
mod shared;
mod side;
mod statements;
mod wire;

use std::{
    io,
    net::{self, SocketAddr},
    sync::{Arc, atomic::Ordering},
};

use tokio::{
    net::TcpListener,
    runtime::{self, Runtime},
    sync::oneshot,
    task::JoinSet,
};

pub use self::plan::InjectedFault;
use self::{
    plan::Plan,
    relay::Relay,
    shared::{Shared, lock},
};
use crate::url;

/// A TCP proxy in front of a PostgreSQL server. It speaks no TLS: it declines when a client asks for it.
///
/// It runs on a thread of its own, so that a test that blocks does not stop it. It ends, with all its connections, when it
/// is dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// Taken on drop.
    runtime: Option<Runtime>,
}

impl Proxy {
    /// Listens on a free port of 127.0.0.1 for clients of the server at `target`.
    pub fn open(target: SocketAddr) -> io::Result<Self> {
        let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let listener = net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let shared = Arc::new(Shared::new(target));
        let address = listener.local_addr()?;
        let to_share = shared.clone();
        runtime.spawn(async move { listen(TcpListener::from_std(listener)?, to_share).await });
        Ok(Self { address, shared, runtime: Some(runtime) })
    }

    /// Gives a server's URL with this proxy in its place.
    pub fn url(&self, server: &str) -> String {
        url::with_address(server, self.address)
    }

    /// Leads connections to another server from now on. Those that are there stay where they are.
    pub fn turn_to(&self, target: SocketAddr) {
        *lock(&self.shared.target) = target;
    }

    /// Plans what becomes of the next `times` COMMITs, after those that something is already planned for.
    pub fn arm(&self, injected: InjectedFault, times: usize) {
        lock(&self.shared.plan).arm(injected, times);
    }

    /// Cuts the next `times` transactions at their first statement after BEGIN, which the server does not get.
    pub fn cut_mid_batch(&self, times: usize) {
        lock(&self.shared.plan).cut_mid_batch(times);
    }

    /// Plans nothing any more. What is held stays held.
    pub fn disarm(&self) {
        *lock(&self.shared.plan) = Plan::default();
    }

    /// Gives how many planned faults have not happened yet.
    pub fn armed(&self) -> usize {
        lock(&self.shared.plan).len()
    }

    /// Gives how many COMMITs are held by [`InjectedFault::HoldCommit`].
    pub fn held(&self) -> usize {
        lock(&self.shared.held).len()
    }

    /// Delivers all COMMITs that are held, oldest first, and gives what the server said to each: `COMMIT`, `ROLLBACK`, an
    /// error's message, or `gone` where it had closed the connection.
    pub async fn release(&self) -> Vec<String> {
        let held: Vec<_> = lock(&self.shared.held).drain(..).collect();
        let mut answers = Vec::new();
        for release in held {
            let (answer, answered) = oneshot::channel();
            let given = release.send(answer);
            answers.push(if given.is_ok() { answered.await.ok() } else { None }.unwrap_or_else(|| "gone".to_owned()));
        }
        answers
    }

    /// Cuts all connections. What is held stays held.
    pub fn cut_all(&self) {
        self.shared.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Hangs up on every client that connects, until [`Proxy::admit`].
    pub fn refuse(&self) {
        self.shared.refuses.store(true, Ordering::SeqCst);
    }

    /// Takes connections again.
    pub fn admit(&self) {
        self.shared.refuses.store(false, Ordering::SeqCst);
    }

    /// Passes nothing on any more, in either direction, not even that one side hung up, until [`Proxy::flow`].
    pub fn stall(&self) {
        self.shared.flows.send_replace(false);
    }

    /// Passes on again, beginning with what came in the meantime.
    pub fn flow(&self) {
        self.shared.flows.send_replace(true);
    }

    /// Gives how many connections were taken so far.
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Gives how many COMMITs came by so far, whatever became of them.
    pub fn commits(&self) -> u64 {
        self.shared.commits.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Not simply dropped: a task in a test's own runtime may not wait for another runtime to end.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Serves every client that connects. The connections end with this task.
async fn listen(listener: TcpListener, shared: Arc<Shared>) -> io::Result<()> {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Ok((client, _)) = listener.accept() => {
                if !shared.refuses.load(Ordering::SeqCst) {
                    shared.connections.fetch_add(1, Ordering::SeqCst);
                    connections.spawn(Relay::run(client, shared.clone(), shared.cuts.subscribe()));
                }
            }
            Some(_ended) = connections.join_next() => {}
        }
    }
}
