//! What every adapter of the store's ports must pass: those that change something (`Commands`, `Ledger`, `Sessions`, `Users`,
//! `Profiles`, `Groups`), their queries, `Retention` and `Readiness`.
//!
//! There is one named case for each promise of the ports and for each refusal. An adapter runs them all from a test
//! target without a harness (`harness = false`), on a new and empty store for each case:
//!
//! ```no_run
//! # use hongbao_testkit::TestStore;
//! # async fn store() -> TestStore { TestStore::in_memory() }
//! fn main() -> std::process::ExitCode {
//!     hongbao_testkit::main("sqlite", store)
//! }
//! ```
//!
//! After each case the money must hold: the audit finds nothing, and holdings and packets say what the audit says.
//!
//! What belongs here: cases that speak to an adapter through its ports, the fakes that need them, and what all tests
//! share. What must not: anything that knows one adapter, but for the server of the feature `server`.
#![expect(clippy::missing_panics_doc, reason = "what cannot be done for a test panics, and so fails the test")]

mod case;
mod cases;
mod clock;
mod crowd;
mod dice;
mod faults;
mod fixture;
mod group_steps;
mod ids;
mod memory;
mod names;
mod run;
mod scene;
mod seed;
#[cfg(feature = "server")]
pub mod server;
mod state;
mod test_store;

pub use clock::ManualClock;
pub use dice::Dice;
pub use faults::{Faults, Faulty, Gate, Moment, Step};
pub use fixture::{OPEN, session_of};
pub use ids::SeqIds;
pub use memory::MemoryStore;
pub use names::{alice, bob, user};
pub use run::{main, main_of, trials};
pub use seed::Snapshot;
pub use state::{State, assert_holds};
pub use test_store::{Ports, TestStore, Twin};
