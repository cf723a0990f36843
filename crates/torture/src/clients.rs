//! Clients who want everything at once, through all servers, and who hang up, repeat and ask twice.

mod attempt;
mod end;
mod op;
mod shared;
mod watcher;
mod work;

use std::{
    net::SocketAddr,
    sync::Arc,
    thread::{self, JoinHandle},
};

pub(crate) use self::shared::Clients;
use crate::{dice::Dice, error::TortureError, history::History, world::Addresses};

/// How many clients ask at the same time, each one thing after another.
const CLIENTS: usize = 10;

/// Clients at work.
pub(crate) struct AtWork {
    clients: Arc<Clients>,
    threads: Vec<JoinHandle<()>>,
}

impl AtWork {
    /// Sets clients to work.
    pub(crate) fn start(
        addresses: Arc<Addresses>,
        history: Arc<History>,
        cloud: SocketAddr,
        servers: usize,
        mut dice: Dice,
    ) -> Self {
        let clients = Arc::new(Clients::new(addresses, history, cloud, servers));
        let mut spawn = |work: fn(&Clients, Dice)| {
            let (clients, dice) = (Arc::clone(&clients), dice.split());
            thread::spawn(move || work(&clients, dice))
        };
        let mut threads: Vec<_> = (0..CLIENTS).map(|_| spawn(Clients::work)).collect();
        threads.push(spawn(Clients::watch));
        Self { clients, threads }
    }

    /// Sends the clients home: each ends what it is at.
    pub(crate) fn stop(self) -> Result<Arc<Clients>, TortureError> {
        self.clients.end();
        for thread in self.threads {
            thread.join().map_err(|_| TortureError::new("a client panicked"))?;
        }
        Ok(self.clients)
    }
}
