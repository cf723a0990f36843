//! The ledger: accounts, movements of money, the journal and its audit.

mod account;
mod audit;
mod coin;
mod deposit;
mod moved;
mod movement;
mod open_account;
mod posting;
mod transfer;
mod withdraw;

pub use account::{Account, AccountKey, Balance, Holding};
pub use audit::{Audit, Auditor, Chain, Finding, Totals};
pub use coin::{AddCoin, AddCoinRefusal};
pub use deposit::{Deposit, DepositRefusal};
pub use moved::Moved;
pub use movement::{Direction, Movement};
pub use open_account::{OpenAccount, OpenAccountRefusal, Opened};
pub use posting::{Cause, Holder, Posting};
pub(crate) use transfer::{Overflow, Transfer};
pub use withdraw::{Withdraw, WithdrawRefusal};

#[cfg(test)]
mod tests;
