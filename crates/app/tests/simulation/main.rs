//! Simulated histories of several servers over one store and one cloud, with clients that repeat their requests.
//!
//! The servers deliver what the outside is told in the background as well: notices over the cloud, and events to endpoints.
//!
//! All runs on one thread and in simulated time, and follows from a seed: which calls break, before or after they are done,
//! which answers are late, when a server dies or stands still. Then nothing goes wrong any more, and within a lease and
//! 5 s all must be resolved, and as the clients were told. `HONGBAO_TEST_SEED=7` runs one history and prints it,
//! `HONGBAO_TEST_SEEDS=50000` so many.
//!
//! What each method does in one accident at each of its steps is tested with the server; what a database does to it, with
//! the replicas. Here accidents meet each other.

mod clients;
mod cloud;
mod effects;
mod fleet;
mod history;
mod judge;
mod outside;
mod process;
mod request;
mod server;
mod settle;
mod share;
mod store;
mod told;
mod world;

use std::{env, ops::Range, sync::Arc, thread};

use futures_util::future::join_all;
use hongbao_domain::user::UserStatus;
use hongbao_store::Settings;
use hongbao_testkit::{OPEN, Ports, user};
use tokio::runtime::Builder;

use crate::{clients::Client, effects::Effects, fleet::Fleet, settle::Settling, world::World};

/// What came of one seed.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    lines: Vec<String>,
    defects: Vec<String>,
}

/// Money, users and endpoints.
async fn set_up(world: &World) {
    let (ports, _) = Ports::start(world.rows.clone(), world.ids.clone(), Settings::default());
    ports.add_coin("CNY", 2, "0.01", "1000").await;
    for name in clients::ACTIVE {
        ports.set_status(name, OPEN).await;
        ports.deposit(name, "CNY", "8").await;
    }
    ports.set_status(clients::DISABLED, UserStatus { is_active: false, ..OPEN }).await;
    outside::add_endpoints(&ports).await;
}

async fn live(seed: u64) -> Outcome {
    let world = Arc::new(World::new(seed));
    world.note(format!("{:?}", world.chances));
    set_up(&world).await;
    let fleet = Fleet::start(&world).await;
    let clients = clients::DEVICES.map(|name| Client { world: world.clone(), fleet: fleet.clone(), user: user(name) });
    join_all(clients.iter().map(Client::live)).await;
    Settling { world: world.clone(), fleet }.run().await;
    let effects = Effects::of(&world).await.judge(&world);
    let told = told::judge(&world).await;
    let mut history = world.history();
    let answers = judge::answers(&history);
    let lines = std::mem::take(&mut history.lines);
    Outcome { lines, defects: [std::mem::take(&mut history.defects), answers, effects, told].concat() }
}

/// Prints its seed if the history panics.
struct Seed(u64);

impl Drop for Seed {
    #[expect(clippy::print_stdout, reason = "the seed belongs to what a failed test prints")]
    fn drop(&mut self) {
        if thread::panicking() {
            println!("HONGBAO_TEST_SEED={}", self.0);
        }
    }
}

fn run(seed: u64) -> Outcome {
    let _seed = Seed(seed);
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime can be built").block_on(live(seed))
}

#[expect(clippy::print_stdout, reason = "a history is to be read")]
fn holds_for_all(seeds: Range<u64>) {
    let given = env::var("HONGBAO_TEST_SEED").ok().map(|seed| seed.parse().expect("HONGBAO_TEST_SEED is a number"));
    if let Some(seed) = given {
        println!("{}", run(seed).lines.join("\n"));
    }
    for seed in given.map_or(seeds, |seed| seed..seed + 1) {
        let Outcome { lines, defects } = run(seed);
        assert!(defects.is_empty(), "HONGBAO_TEST_SEED={seed}\n{}\n{}", lines.join("\n"), defects.join("\n"));
    }
}

/// How many histories are lived through where `HONGBAO_TEST_SEEDS` says nothing else. The profile of the root
/// `Cargo.toml` takes about 100 s of processor time for them.
const SEEDS: u64 = 10_000;

/// A quarter of all seeds; the quarters run side by side.
fn quarter(number: u64) -> Range<u64> {
    let given = env::var("HONGBAO_TEST_SEEDS").ok();
    let seeds = given.map_or(SEEDS, |seeds| seeds.parse().expect("HONGBAO_TEST_SEEDS is a number"));
    seeds * number / 4..seeds * (number + 1) / 4
}

#[test]
fn money_and_answers_hold_in_the_first_quarter_of_the_histories() {
    holds_for_all(quarter(0));
}

#[test]
fn money_and_answers_hold_in_the_second_quarter_of_the_histories() {
    holds_for_all(quarter(1));
}

#[test]
fn money_and_answers_hold_in_the_third_quarter_of_the_histories() {
    holds_for_all(quarter(2));
}

#[test]
fn money_and_answers_hold_in_the_last_quarter_of_the_histories() {
    holds_for_all(quarter(3));
}

#[test]
fn a_seed_has_one_history() {
    for seed in 0..50 {
        assert_eq!(run(seed), run(seed));
    }
}
