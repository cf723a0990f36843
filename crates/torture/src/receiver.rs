//! The app's backend, as webhooks see it: an endpoint that takes every call, and one that often does not.

mod call;
mod signature;

use std::{
    collections::BTreeMap,
    io::Write,
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use crate::{
    dice::Dice,
    error::TortureError,
    history::{Call, Event, History},
    settings::CALL_TIMEOUT,
    world::World,
};

/// Takes every call at once.
pub(crate) const STEADY: &str = "steady";

/// Takes a call or does not, as the dice fall, until all is mended.
pub(crate) const FLAKY: &str = "flaky";

const FOREVER_LATE: Duration = CALL_TIMEOUT.saturating_add(Duration::from_millis(500));

/// What an endpoint does with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reply {
    Take,
    /// It takes the call, and says so so much later.
    TakeAfter(Duration),
    Fail,
    HangUp,
}

/// Both endpoints, on one address.
pub(crate) struct Receiver {
    address: SocketAddr,
    endpoints: Arc<Endpoints>,
}

struct Endpoints {
    history: Arc<History>,
    /// By name.
    secrets: RwLock<BTreeMap<&'static str, String>>,
    dice: Mutex<Dice>,
    is_mended: AtomicBool,
}

impl Receiver {
    /// Listens until the trial's process ends.
    pub(crate) fn start(history: Arc<History>, dice: Dice) -> Result<Self, TortureError> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let (secrets, dice, is_mended) = (RwLock::default(), Mutex::new(dice), AtomicBool::new(false));
        let endpoints = Arc::new(Endpoints { history, secrets, dice, is_mended });
        let its = Arc::clone(&endpoints);
        thread::spawn(move || {
            for stream in listener.incoming().filter_map(Result::ok) {
                let its = Arc::clone(&its);
                // One that is late holds up no other.
                thread::spawn(move || its.answer(stream));
            }
        });
        Ok(Self { address, endpoints })
    }

    /// Adds both endpoints to those that are told; gives their ids by name.
    pub(crate) fn join(&self, world: &World) -> Result<BTreeMap<String, String>, TortureError> {
        let mut ids = BTreeMap::new();
        for name in [STEADY, FLAKY] {
            let (id, secret) = world.add_endpoint(&format!("http://{}/{name}", self.address))?;
            self.endpoints.secrets.write().unwrap_or_else(PoisonError::into_inner).insert(name, secret);
            ids.insert(name.to_owned(), id);
        }
        Ok(ids)
    }

    /// Has both take every call from now on.
    pub(crate) fn mend(&self) {
        self.endpoints.is_mended.store(true, Ordering::SeqCst);
    }
}

impl Endpoints {
    /// Writes down a call that has arrived as a whole, then answers it. A call that was cut off is none.
    fn answer(&self, mut stream: TcpStream) {
        let Ok(arrived) = call::read(&stream) else { return };
        let Some(name) = [STEADY, FLAKY].into_iter().find(|name| arrived.path == format!("/{name}")) else { return };
        let secrets = self.secrets.read().unwrap_or_else(PoisonError::into_inner);
        let is_signed = secrets.get(name).is_some_and(|secret| signature::is_right(secret, &arrived));
        drop(secrets);
        let reply = self.reply(name);
        self.history.add(Event::Call(Call {
            endpoint: name.to_owned(),
            id: arrived.header("webhook-id").to_owned(),
            body: arrived.body,
            is_taken: matches!(reply, Reply::Take | Reply::TakeAfter(_)),
            is_signed,
        }));
        let answer: &[u8] = match reply {
            Reply::Take => b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
            Reply::TakeAfter(pause) => {
                thread::sleep(pause);
                b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
            }
            Reply::Fail => b"HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            Reply::HangUp => return,
        };
        // A server that was killed meanwhile hears nothing.
        drop(stream.write_all(answer));
    }

    fn reply(&self, name: &str) -> Reply {
        if name == STEADY || self.is_mended.load(Ordering::SeqCst) {
            return Reply::Take;
        }
        let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
        match dice.below(100) {
            0..15 => Reply::Fail,
            15..25 => Reply::HangUp,
            25..30 => Reply::TakeAfter(FOREVER_LATE),
            30..40 => Reply::TakeAfter(Duration::from_millis(dice.below(1_000))),
            _ => Reply::Take,
        }
    }
}
