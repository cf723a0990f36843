//! The ledger: accounts, movements of money, the journal and its audit.

mod account;
mod audit;
mod coin;
mod movement;
mod posting;
mod transfer;

pub use account::{Account, AccountKey, Balance, Holding};
pub use audit::{Audit, Auditor, Chain, Finding, Totals};
pub use coin::{AddCoin, AddCoinRefusal};
pub use movement::{
    Deposit, DepositRefusal, Direction, Moved, Movement, OpenAccount, OpenAccountRefusal, Opened, Withdraw,
    WithdrawRefusal,
};
pub use posting::{Cause, Holder, Posting};
pub(crate) use transfer::{Overflow, Transfer};
