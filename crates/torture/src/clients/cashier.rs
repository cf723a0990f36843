//! Those who bring money in and take it out, over the admin API and by commands, each movement under its permanent reference.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::{lock::lock, reply};
use crate::{
    dice::Dice,
    history::{Event, History, Loss, Move, Movement, Told},
    settings::{COINS, USERS, decimal, user},
    wire::{self, HangUp},
    world::{Addresses, AdminCommand},
};

/// How often a cashier asks before the rest is left for later.
const REPEATS: usize = 4;

/// Below are the movements with which all began.
const FIRST: u64 = 1_000;

/// How long a command may take that is not to be killed.
const COMMAND: Duration = Duration::from_mins(1);

/// Everything that cashiers share.
pub(crate) struct Cashiers {
    pub(crate) addresses: Arc<Addresses>,
    pub(crate) history: Arc<History>,
    pub(crate) servers: usize,
    /// A token of the admin API.
    pub(crate) token: String,
    pub(crate) command: AdminCommand,
    pub(crate) next: AtomicU64,
    pub(crate) is_over: AtomicBool,
    pub(crate) all: Mutex<Vec<Arc<Wish>>>,
}

/// A movement that is wanted, and how far it has come.
pub(crate) struct Wish {
    op: u64,
    reference: String,
    movement: Movement,
    amount: String,
    attempts: AtomicU32,
    is_known: AtomicBool,
    /// Whether an attempt ended without a word that it is done or refused.
    was_open: AtomicBool,
}

impl Cashiers {
    /// Moves money until the clients' work is over.
    pub(super) fn work(&self, mut dice: Dice) {
        while !self.is_over.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(30 + dice.below(150)));
            match dice.below(100) {
                0..10 => self.again(&mut dice, |wish| !wish.is_known.load(Ordering::SeqCst)),
                10..16 => self.again(&mut dice, |_| true),
                16..20 => self.use_a_reference_again(&mut dice),
                _ => {
                    let wish = self.think(&mut dice);
                    if dice.percent(12) {
                        self.ask_twice_at_once(&wish, &mut dice);
                    }
                    self.repeat_until_known(&wish, &mut dice);
                }
            }
        }
    }

    pub(super) fn end(&self) {
        self.is_over.store(true, Ordering::SeqCst);
    }

    /// Asks about every movement whose end is not known, and once more about those that ever were open.
    pub(super) fn settle(&self, limit: Duration, mut dice: Dice) -> usize {
        let until = Instant::now() + limit;
        let all = lock(&self.all).clone();
        let mut open: Vec<_> = all.into_iter().filter(|wish| wish.was_open.load(Ordering::SeqCst)).collect();
        while !open.is_empty() && Instant::now() < until {
            for wish in &open {
                wish.is_known.store(false, Ordering::SeqCst);
                self.ask_server(wish, dice.index(self.servers), HangUp::Never);
            }
            open.retain(|wish| !wish.is_known.load(Ordering::SeqCst));
            thread::sleep(Duration::from_millis(50));
        }
        open.len()
    }

    /// Thinks of a movement. Mostly it is little; a few want more than there is.
    fn think(&self, dice: &mut Dice) -> Arc<Wish> {
        let op = FIRST + self.next.fetch_add(1, Ordering::SeqCst);
        let direction = if dice.percent(55) { "out" } else { "in" };
        self.wish(op, &format!("move-{op}"), direction, dice)
    }

    fn wish(&self, op: u64, reference: &str, direction: &str, dice: &mut Dice) -> Arc<Wish> {
        let coin = dice.one(&COINS);
        let share = if dice.percent(90) { 200 } else { 2 };
        let most = u64::try_from(coin.first_minor / share).unwrap_or(u64::MAX);
        let minor = i128::from(1 + dice.below(most));
        let wish = Arc::new(Wish {
            op,
            reference: reference.to_owned(),
            movement: Movement {
                direction: direction.to_owned(),
                user: user(dice.index(USERS)),
                coin: coin.id.to_owned(),
                minor: minor.to_string(),
            },
            amount: decimal(minor, coin.scale),
            attempts: AtomicU32::new(0),
            is_known: AtomicBool::new(false),
            was_open: AtomicBool::new(false),
        });
        lock(&self.all).push(Arc::clone(&wish));
        wish
    }

    /// Asks for something else under a reference that was used.
    fn use_a_reference_again(&self, dice: &mut Dice) {
        let Some(used) = self.one(dice, |_| true) else { return };
        let op = FIRST + self.next.fetch_add(1, Ordering::SeqCst);
        let direction = if dice.percent(50) { "out" } else { "in" };
        let wish = self.wish(op, &used.reference, direction, dice);
        self.repeat_until_known(&wish, dice);
    }

    fn again(&self, dice: &mut Dice, is_wanted: impl Fn(&Wish) -> bool) {
        if let Some(wish) = self.one(dice, is_wanted) {
            self.ask(&wish, dice);
        }
    }

    fn one(&self, dice: &mut Dice, is_wanted: impl Fn(&Wish) -> bool) -> Option<Arc<Wish>> {
        let all = lock(&self.all);
        let wanted: Vec<_> = all.iter().filter(|wish| is_wanted(wish)).collect();
        if wanted.is_empty() { None } else { Some(Arc::clone(wanted[dice.index(wanted.len())])) }
    }

    /// The same movement is asked for twice at the same moment.
    fn ask_twice_at_once(&self, wish: &Wish, dice: &mut Dice) {
        thread::scope(|scope| {
            for _ in 0..2 {
                let mut dice = dice.split();
                scope.spawn(move || self.ask(wish, &mut dice));
            }
        });
    }

    fn repeat_until_known(&self, wish: &Wish, dice: &mut Dice) {
        for _ in 0..REPEATS {
            self.ask(wish, dice);
            if wish.is_known.load(Ordering::SeqCst) || self.is_over.load(Ordering::SeqCst) {
                return;
            }
            thread::sleep(Duration::from_millis(20 + dice.below(400)));
        }
    }

    /// Asks a server, and perhaps hangs up; or runs the command, and perhaps kills it.
    fn ask(&self, wish: &Wish, dice: &mut Dice) {
        match dice.below(100) {
            0..8 => self.run_command(wish, Duration::from_millis(dice.below(600))),
            8..15 => self.run_command(wish, COMMAND),
            15..25 => {
                let pause = Duration::from_micros(dice.below(30_000));
                self.ask_server(wish, dice.index(self.servers), HangUp::After(pause));
            }
            25..28 => self.ask_server(wish, dice.index(self.servers), HangUp::HalfWay),
            _ => self.ask_server(wish, dice.index(self.servers), HangUp::Never),
        }
    }

    fn ask_server(&self, wish: &Wish, server: usize, hang_up: HangUp) {
        let Some(stream) = self.addresses.admin_of(server).and_then(|address| wire::connect(address).ok()) else {
            return;
        };
        let attempt = self.begin(wish, Some(server));
        let Movement { direction, user, coin, .. } = &wish.movement;
        let body = serde_json::json!({
            "reference": wish.reference, "user_id": user, "coin_id": coin, "amount": wish.amount,
        });
        let request = wire::Request {
            method: "POST",
            path: if direction == "in" { "/admin/v1/deposits" } else { "/admin/v1/withdrawals" },
            bearer: Some(&self.token),
            key: None,
            content_type: "application/json",
            body: &body.to_string(),
        };
        let told = match wire::exchange_json(stream, &request, hang_up) {
            Ok((http, body)) => reply::of_server(http, &body),
            Err(why) => Told::Lost(why),
        };
        self.note(wish, attempt, told);
    }

    fn run_command(&self, wish: &Wish, limit: Duration) {
        let attempt = self.begin(wish, None);
        let Movement { direction, user, coin, .. } = &wish.movement;
        let word = if direction == "in" { "deposit" } else { "withdraw" };
        let arguments = ["--json", word, user, coin, &wish.amount, "--reference", &wish.reference];
        let told = match self.command.run(&arguments, "", limit) {
            Ok(Some(output)) => reply::of_command(&output),
            Ok(None) => Told::Killed,
            Err(error) => Told::Odd { what: error.to_string() },
        };
        self.note(wish, attempt, told);
    }

    fn begin(&self, wish: &Wish, server: Option<usize>) -> u32 {
        let attempt = wish.attempts.fetch_add(1, Ordering::SeqCst) + 1;
        let (reference, movement) = (wish.reference.clone(), wish.movement.clone());
        self.history.add(Event::Move(Move { op: wish.op, attempt, server, reference, movement }));
        attempt
    }

    fn note(&self, wish: &Wish, attempt: u32, told: Told) {
        match &told {
            Told::Done { .. } | Told::Refused { .. } => wish.is_known.store(true, Ordering::SeqCst),
            // Nothing was asked.
            Told::Lost(Loss::HalfSent) => {}
            Told::Open | Told::Lost(_) | Told::Killed | Told::Odd { .. } => {
                wish.was_open.store(true, Ordering::SeqCst);
            }
        }
        self.history.add(Event::Moved { op: wish.op, attempt, told });
    }
}
