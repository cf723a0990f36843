//! What breaks between us and PostgreSQL, and what is true afterwards.

mod audit;
mod commit;
mod conflict;
mod environment;
mod failover;
mod flood;
mod held;
mod limits;
mod lookup;
mod migrate;
mod order;
mod outage;
mod read;
mod read_only;
mod recording_store;
mod retry;
mod stall;
mod step;
mod storm;
mod test_db;
mod tls;
