//! Several servers on one PostgreSQL, as a deployment has them, and databases that go away. Every answer that a client got
//! is held against the tables afterwards. Servers that are killed are the torture's (`crates/torture`).
#![expect(clippy::unwrap_used, reason = "a harness that cannot be set up fails the test that wants it")]

mod checker;
mod clients;
mod database_away;
mod dice;
mod fail_over;
mod harness;
mod history;
mod servers;
mod settled;
mod start_together;
mod tables;
