//! Several servers on one PostgreSQL, as a deployment has them: real processes that are killed, and databases that go
//! away. Every answer that a client got is held against the tables afterwards.
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
mod torture;
