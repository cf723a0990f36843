//! Use cases that compose several ports.
//!
//! Publishing and accepting call the IM cloud between two ledger steps, never inside a transaction. Such a saga runs
//! in a task of its own that outlives the caller's connection; what a dead process leaves behind is finished by the
//! [`CleanUp`] of any other.
//!
//! What belongs here: the order of steps and what to undo. What must not: a rule about money (domain), a wire format
//! or a database (adapters).

mod clean_up;
pub mod groups;
mod im_users;
mod insist;
mod lease;
mod messages;
mod patience;
mod red_packets;
mod sagas;
mod slice;
mod timing;
pub mod transfer;

pub use clean_up::{CleanUp, Swept};
pub use im_users::{ImUsers, TokenWish};
pub use messages::Messages;
pub use red_packets::{Publish, Published, RedPackets, World};
pub use sagas::Sagas;
pub use timing::{Timing, TimingError};
