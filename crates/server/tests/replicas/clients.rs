//! Clients who ask for everything at once, through all servers.

use std::{
    sync::{
        Barrier, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, ScopedJoinHandle},
    time::Duration,
};

use crate::{
    dice::Dice,
    harness::{post, post_under_key, until},
    history::{Event, History, Said, User, Wish},
    servers::{Servers, USERS, name, session_key},
};

/// How many clients ask at the same time, each one thing after another.
const CLIENTS: usize = 6;

/// How long a trial may take to get on.
const PATIENCE: Duration = Duration::from_mins(1);

/// Clients at work on a servers.
pub(crate) struct Clients<'servers> {
    servers: &'servers Servers,
    history: History,
    packets: Mutex<Vec<(String, User)>>,
    groups: Mutex<Vec<String>>,
    /// Begins at 1, so that a remark is never empty.
    names: Mutex<usize>,
    is_over: AtomicBool,
}

/// Ends the clients' work, also when a trial fails in the middle.
struct Over<'clients>(&'clients AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl<'servers> Clients<'servers> {
    /// Lets clients work for as long as `trial` runs, and gives what they lived through.
    pub(crate) fn at_work(
        servers: &'servers Servers,
        dice: &mut Dice,
        trial: impl FnOnce(&Self, &mut Dice),
    ) -> History {
        let clients = Self {
            servers,
            history: History::default(),
            packets: Mutex::default(),
            groups: Mutex::default(),
            names: Mutex::new(1),
            is_over: AtomicBool::new(false),
        };
        thread::scope(|scope| {
            let over = Over(&clients.is_over);
            let at_work: Vec<ScopedJoinHandle<'_, ()>> = (0..CLIENTS)
                .map(|_| (dice.below(usize::MAX), &clients))
                .map(|(seed, clients)| scope.spawn(move || clients.work(Dice::new(u64::try_from(seed).unwrap()))))
                .collect();
            trial(&clients, dice);
            drop(over);
            for client in at_work {
                client.join().unwrap();
            }
        });
        clients.history
    }

    /// Waits until `more` further requests are such.
    #[track_caller]
    pub(crate) fn wait_for(&self, more: usize, what: &str, is_so: impl Fn(&Event) -> bool) {
        let goal = self.history.count(&is_so) + more;
        until(PATIENCE, what, || (self.history.count(&is_so) >= goal).then_some(()));
    }

    fn work(&self, mut dice: Dice) {
        while !self.is_over.load(Ordering::SeqCst) {
            let (wish, is_race) = self.wish(&mut dice);
            if is_race {
                self.ask_everywhere(&wish);
            } else {
                self.ask_until_known(&wish, &mut dice);
            }
        }
    }

    /// Thinks of something, and whether to ask all servers for it at once.
    fn wish(&self, dice: &mut Dice) -> (Wish, bool) {
        let by = dice.below(USERS);
        let other = (by + 1 + dice.below(USERS - 1)) % USERS;
        let is_race = dice.percent(40);
        match dice.below(100) {
            40..80 => match self.packet(dice) {
                Some((packet, receiver)) => {
                    let by = if dice.percent(90) { receiver } else { by };
                    (Wish::Accept { packet, by }, is_race)
                }
                None => (Wish::Token { by }, is_race),
            },
            80..86 => (Wish::AddFriend { by, other }, is_race),
            86..89 => (Wish::CreateGroup { name: self.fresh_name("group"), by }, false),
            89..96 => match self.groups.lock().unwrap().as_slice() {
                [] => (Wish::Token { by }, is_race),
                groups => (Wish::JoinGroup { group: groups[dice.below(groups.len())].clone(), by }, is_race),
            },
            96..100 => (Wish::Token { by }, is_race),
            _ => {
                let fen = u64::try_from(1 + dice.below(500)).unwrap();
                (Wish::Publish { remark: self.fresh_name("packet"), from: by, to: other, fen }, false)
            }
        }
    }

    /// One of the newest packets, mostly: they are the ones that others ask for now.
    fn packet(&self, dice: &mut Dice) -> Option<(String, User)> {
        let packets = self.packets.lock().unwrap();
        let newest = packets.len().checked_sub(1)?;
        let among = if dice.percent(80) { packets.len().min(6) } else { packets.len() };
        let back = dice.below(among);
        Some(packets[newest - back].clone())
    }

    fn fresh_name(&self, what: &str) -> String {
        let mut names = self.names.lock().unwrap();
        *names += 1;
        format!("{what}-{names}")
    }

    /// All servers hear the same at the same moment, each of them twice.
    fn ask_everywhere(&self, wish: &Wish) {
        let barrier = Barrier::new(self.servers.size() * 2);
        thread::scope(|scope| {
            for server in (0..self.servers.size()).cycle().take(self.servers.size() * 2) {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    self.ask(wish, server);
                });
            }
        });
    }

    /// Asks some server; under a key again and again, any of them, until it is known what has become of it.
    fn ask_until_known(&self, wish: &Wish, dice: &mut Dice) {
        let known = || {
            let is_known = self.ask(wish, dice.below(self.servers.size()));
            (is_known || wish.key().is_none()).then_some(())
        };
        until(PATIENCE, "a repeat to be told the truth", known);
    }

    /// Asks one server, unless it is known to be down; says whether the client knows what has become of it.
    fn ask(&self, wish: &Wish, server: usize) -> bool {
        let Some(address) = self.servers.address(server) else { return false };
        let (path, form) = request(wish);
        let answer = match wish.key() {
            Some(key) => post_under_key(address, path, &form, key),
            None => post(address, path, &form),
        };
        let said = answer.ok().map(Said::from);
        if let Some(said) = said.as_ref().filter(|said| said.status == 0) {
            match wish {
                Wish::Publish { to, .. } => {
                    self.packets.lock().unwrap().push((said.text("transfer_id").to_owned(), *to));
                }
                Wish::CreateGroup { .. } => self.groups.lock().unwrap().push(said.text("group_id").to_owned()),
                Wish::Accept { .. } | Wish::AddFriend { .. } | Wish::JoinGroup { .. } | Wish::Token { .. } => {}
            }
        }
        let event = Event { wish: wish.clone(), said };
        let is_known = !event.is_open();
        self.history.add(event);
        is_known
    }
}

/// Writes a wish as its path and form. Nothing in it must be encoded.
fn request(wish: &Wish) -> (&'static str, String) {
    let (path, by, rest) = match wish {
        Wish::Publish { remark, from, to, fen } => {
            let (whole, cents, to) = (fen / 100, fen % 100, name(*to));
            let rest = format!("toUserId={to}&coin_id=CNY&amount={whole}.{cents:02}&content={remark}");
            ("/im/msg_redpack_publish", from, rest)
        }
        Wish::Accept { packet, by } => ("/im/msg_redpack_accept", by, format!("transfer_id={packet}")),
        Wish::AddFriend { by, other } => ("/im/friend_add", by, format!("user_id={}", name(*other))),
        Wish::CreateGroup { name, by } => ("/im/group_create", by, format!("group_name={name}")),
        Wish::JoinGroup { group, by } => ("/im/group_join", by, format!("group_id={group}")),
        Wish::Token { by } => ("/im/get_token", by, String::new()),
    };
    (path, format!("session_key={}&{rest}", session_key(*by)))
}
