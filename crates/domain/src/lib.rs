//! The rules of Hongbao: red packets in any coin, with the money in a ledger of one's own.
//!
//! This crate is pure: no I/O, no async, no clock, no randomness. It decides; others load, store and send.
//! A service that has its own database can embed it as it is:
//!
//! ```
//! use std::time::Duration;
//! use hongbao_domain::{
//!     id::{CommandId, TransferId},
//!     ledger::{AccountKey, AddCoin, Deposit},
//!     money::{Amount, Coin, Scale},
//!     red_packet::{BeginClaim, Confirm, Expire, ExpireRefusal, Reserve, SettleClaim},
//!     store::{Action, Book, Command, Keys, Outcome, Tables},
//!     time::Timestamp,
//! };
//!
//! // 1. A store. Yours is a database: lock and load what the batch names, ask the book, write, commit.
//! //    Here it is a list of rows in memory.
//! #[derive(Default)]
//! struct Store { rows: Tables, commands: u128 }
//!
//! impl Store {
//!     fn run(&mut self, action: impl Into<Action>, clock: Timestamp) -> Outcome {
//!         self.commands += 1;
//!         let id = CommandId::from_u128(self.commands);
//!         let batch = [Command { id, request: None, action: action.into() }];
//!         let loaded = self.rows.load(&Keys::of(&batch));
//!         let mut book = Book::open(loaded, clock);
//!         let outcome = book.apply(&batch[0]);
//!         self.rows.write(book.into_changes());
//!         outcome
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (alice, bob, cny) = ("alice".parse()?, "bob".parse()?, "CNY".parse()?);
//! let (noon, minute) = (Timestamp::from_micros(0), Duration::from_secs(60));
//! let scale = Scale::new(2).ok_or("a scale is at most 18")?;
//! let fen = |minor| Amount::from_minor(minor).expect("in bounds");
//!
//! let mut store = Store::default();
//! store.run(AddCoin { coin: Coin::try_new(cny, scale, fen(1), fen(20_000))? }, noon);
//! let account = AccountKey { user: alice, coin: cny };
//! store.run(Deposit { reference: "first".parse()?, account, amount: fen(100_000) }, noon);
//!
//! // 2. Publish: the money leaves alice at once and is held by the packet.
//! let reserve = |id| Reserve {
//!     id: TransferId::from_u128(id), sender: alice, receiver: bob, coin: cny,
//!     quantity: "88.88".parse().expect("a decimal"), remark: "恭喜发财".parse().expect("short"),
//!     lease: minute, expires_in: 60 * minute,
//! };
//! let Outcome::Reserve(Ok(reserved)) = store.run(reserve(1), noon) else { panic!() };
//! // … here bob is sent a message; if that failed: Cancel …
//! store.run(Confirm { packet: reserved.packet }, noon);
//!
//! // 3. Accept: begin, tell alice, settle (or release).
//! let begin = BeginClaim { id: reserved.packet.id, taker: bob, lease: minute };
//! let Outcome::BeginClaim(Ok(begun)) = store.run(begin, noon) else { panic!() };
//! let settle = SettleClaim { packet: begun.packet, taker: bob, fence: begun.fence };
//! let Outcome::SettleClaim(Ok(receipt)) = store.run(settle, noon) else { panic!() };
//! assert_eq!(receipt.money.to_string(), "88.88");
//!
//! // 4. Expire: a packet that no user claims gives its money back, but not too early.
//! let Outcome::Reserve(Ok(second)) = store.run(reserve(2), noon) else { panic!() };
//! store.run(Confirm { packet: second.packet }, noon);
//! let expire = Expire { packet: second.packet };
//! assert_eq!(store.run(expire, noon), Outcome::Expire(Err(ExpireRefusal::TooEarly)));
//! let Outcome::Expire(Ok(expired)) = store.run(expire, second.expires_at) else { panic!() };
//! assert_eq!(expired.refunded.to_string(), "88.88");
//! # Ok(())
//! # }
//! ```
//!
//! What belongs here: identifiers, money, time as a value, the state machines, refusals with the contract's
//! numbers. What must not: anything that waits, asks, prints or can be different tomorrow for the same input.

pub mod admin;
pub mod friend;
pub mod group;
pub mod id;
pub mod im_cloud;
pub mod ledger;
pub mod message;
pub mod money;
pub mod outbox;
pub mod planted;
pub mod profile;
pub mod red_packet;
pub mod session;
pub mod store;
#[cfg(test)]
mod testing;
pub mod time;
pub mod user;
pub mod webhook;
