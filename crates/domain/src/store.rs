//! A store as a pure function over batches.
//!
//! A store loads what a batch of [`Command`]s names ([`Keys`]) into a [`Book`], lets the book apply each command,
//! and writes what came of it ([`Changes`]). The store never decides; the book never does I/O.
//!
//! What belongs here: the table of commands, the tables of rows, what a batch names and changes. What must not: a rule,
//! which stands with its noun.

mod batch;
mod book;
mod changes;
mod command;
mod lane;
mod request;
mod table;

pub use batch::Batch;
pub use book::{Book, Changes, Keys, Loaded, Tables};
pub use changes::{Update, Written};
pub(crate) use command::Rule;
pub use command::{Action, Command, Outcome, Verb};
pub use lane::Lane;
pub(crate) use request::Progress;
pub use request::{Answer, Request, RequestName, RequestRefusal, RequestState, RequestStep, StepKind, Work};
pub use table::Row;
pub(crate) use table::Table;
