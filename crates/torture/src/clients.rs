//! Clients who want everything at once, through all servers, and who hang up, repeat and ask twice.

mod attempt;
mod cashier;
mod end;
mod lock;
mod op;
mod reply;
mod shared;
mod watcher;
mod work;

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64},
    },
    thread::{self, JoinHandle},
};

use self::cashier::Cashiers;
pub(crate) use self::shared::Clients;
use crate::{
    dice::Dice,
    error::TortureError,
    history::History,
    world::{Addresses, AdminCommand},
};

/// How many clients ask at the same time, each one thing after another.
const CLIENTS: usize = 10;

/// How many move money in and out.
const CASHIERS: usize = 2;

/// By what money is moved in and out.
pub(crate) struct Desk {
    pub(crate) token: String,
    pub(crate) command: AdminCommand,
}

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
        desk: Desk,
        mut dice: Dice,
    ) -> Self {
        let cashiers = Cashiers {
            addresses: Arc::clone(&addresses),
            history: Arc::clone(&history),
            servers,
            token: desk.token,
            command: desk.command,
            next: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
            all: Mutex::default(),
        };
        let clients = Arc::new(Clients::new(addresses, history, cloud, servers, cashiers));
        let mut spawn = |work: fn(&Clients, Dice)| {
            let (clients, dice) = (Arc::clone(&clients), dice.split());
            thread::spawn(move || work(&clients, dice))
        };
        let mut threads: Vec<_> = (0..CLIENTS).map(|_| spawn(Clients::work)).collect();
        threads.push(spawn(Clients::watch));
        threads.extend((0..CASHIERS).map(|_| spawn(|clients, dice| clients.cashiers.work(dice))));
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
