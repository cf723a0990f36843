//! The ledger as a pure function over batches.
//!
//! A store loads what a batch of [`Command`]s names ([`Keys`]) into a [`Book`], lets the book apply each command,
//! and writes what came of it ([`Changes`]). The store never decides; the book never does I/O.

mod account;
mod audit;
mod book;
mod changes;
mod command;
mod lane;
mod movement;
mod posting;

pub use account::{Account, AccountKey, Holding, Purse};
pub use audit::{Audit, Auditor, Chain, Finding, Totals};
pub use book::{Book, Loaded};
pub(crate) use book::{Overflow, Transfer};
pub use changes::{Change, Changes};
pub use command::{Action, Command, Keys, Outcome, Request, StoredReply, Verb};
pub use lane::Lane;
pub use movement::{
    Deposit, DepositRefusal, Direction, Moved, Movement, OpenAccount, OpenAccountRefusal, Opened, Withdraw,
    WithdrawRefusal,
};
pub use posting::{Cause, Holder, Posting};
