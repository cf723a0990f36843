//! Use cases that compose several ports.
//!
//! Publishing and accepting call the IM cloud between two ledger steps, never inside a transaction. Such a saga runs
//! in a task of its own that outlives the caller's connection; what a dead process leaves behind is finished by the
//! [`CleanUp`] of any other.
//!
//! What belongs here: the order of steps and what to undo. What must not: a rule about money (domain), a wire format
//! or a database (adapters).

pub mod admin;
mod audits;
mod caller;
mod clean_up;
mod deadline;
mod friends;
pub mod groups;
mod im_users;
mod in_flight;
pub mod inspection;
mod lease;
mod messages;
mod outbox;
mod prune;
mod random_window;
mod readings;
mod red_packets;
mod requests;
mod retry;
mod retry_window;
mod sagas;
mod timing;
mod waker;

pub use caller::Caller;
pub use clean_up::{CleanUp, Swept};
pub use deadline::Deadline;
pub use friends::Friends;
pub use im_users::{ImUsers, TokenWish};
pub use in_flight::{InFlight, Permit};
pub use messages::Messages;
pub use outbox::{Outbox, OutboxDeps};
pub use prune::Pruner;
pub use readings::{Latest, Reading, Readings, ReadingsDeps};
pub use red_packets::{OpenedNotice, RedPacketDeps, RedPackets};
pub use requests::Requests;
pub use sagas::Sagas;
pub(crate) use sagas::Start;
pub use timing::{Timing, TimingError};
pub use waker::Waker;
