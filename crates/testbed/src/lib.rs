//! What tests need of the outside world: PostgreSQL servers, and ways to disturb them.
//!
//! * [`fresh_database`] gives a test a database of its own on the server that all tests share: the one that
//!   `HONGBAO_TEST_POSTGRES_URL` names, else a private cluster that lives as long as this process.
//! * [`Cluster`] is a private server that a test may stop, kill, restart and fail over.
//! * [`Proxy`] stands in front of a server and loses connections at the worst moments.
//! * [`PgBouncer`] pools connections in transaction mode.
//! * [`Clock`] jumps for the programs that are started under it.
//!
//! It starts what is installed, as another user when we are root, since PostgreSQL refuses to run as root. Whatever it
//! starts ends with the process that started it, even when that is killed.
//!
//! What belongs here: PostgreSQL's own programs and wire. What must not: anything of ours, and any SQL library.

mod account;
mod clock;
mod cluster;
mod databases;
mod guard;
mod installation;
mod lock;
mod pgbouncer;
mod place;
mod port;
mod proxy;
mod server;
mod shared;
mod url;

pub use clock::Clock;
pub use cluster::{Cluster, Options, Shutdown};
pub use databases::{Database, fresh_database};
pub use pgbouncer::PgBouncer;
pub use proxy::{InjectedFault, Proxy};
pub use server::Server;
pub use shared::VARIABLE;
