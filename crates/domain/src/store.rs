//! A store as a pure function over batches.
//!
//! A store loads what a batch of [`Command`]s names ([`Keys`]) into a [`Book`], lets the book apply each command,
//! and writes what came of it ([`Changes`]). The store never decides; the book never does I/O.
//!
//! What belongs here: the table of commands, the tables of rows, what a batch names and changes. What must not: a rule,
//! which stands with its noun.

mod book;
mod changes;
mod command;
mod request;
mod rule;
mod table;
mod under_key;

pub use book::{Book, Changes, Keys, Loaded, Tables};
pub use changes::{Update, Written};
pub use command::{Action, Batch, Command, Lane, Outcome, StepVerb, Verb};
pub use request::{Answer, Recall, Request, RequestName, RequestRefusal, RequestState, RequestStep, Work};
pub(crate) use rule::{Progress, Rule, StepRule};
pub use table::Row;
pub(crate) use table::Table;
pub use under_key::{AskRequest, BeginCall, Call, EndCall, KeyIsFree, RecordAnswer};
