//! Journal entries.

use std::fmt;

use super::AccountKey;
use crate::{
    id::{CoinId, CommandId, Reference, TransferId},
    time::Timestamp,
};

/// What can hold money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// A user's account.
    Account(AccountKey),
    /// A red packet: it is its own escrow.
    Packet(TransferId),
    /// The world outside, for one deposit or withdrawal only, so that no account is shared by all of them.
    Movement(Reference),
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(key) => write!(f, "account {}/{}", key.user, key.coin),
            Self::Packet(id) => write!(f, "packet {id}"),
            Self::Movement(reference) => write!(f, "movement {reference}"),
        }
    }
}

/// Why money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// Money came in from outside.
    Deposit,
    /// Money went out.
    Withdraw,
    /// A packet took its money from the sender.
    Reserve,
    /// A packet that never got through gave its money back.
    Cancel,
    /// A receiver took a share.
    Claim,
    /// A packet gave back what no user had taken, at expiry or because an operator took it back.
    Refund,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 6] = [Self::Deposit, Self::Withdraw, Self::Reserve, Self::Cancel, Self::Claim, Self::Refund];

    /// Gives the word that databases and reports use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deposit => "deposit",
            Self::Withdraw => "withdraw",
            Self::Reserve => "reserve",
            Self::Cancel => "cancel",
            Self::Claim => "claim",
            Self::Refund => "refund",
        }
    }
}

/// One line of the journal: `amount` came to the holder (or left, if negative), which makes `balance`.
///
/// Postings are never changed or deleted. Those of one command sum to zero in each coin, and those of one holder
/// are a gapless chain: `seq` counts 1, 2, 3 … and each balance is the one before plus the amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// Who holds the money.
    pub holder: Holder,
    /// The coin.
    pub coin: CoinId,
    /// The posting's place in the holder's chain, from 1.
    pub seq: u64,
    /// The command that moved the money.
    pub command: CommandId,
    /// Why.
    pub cause: Cause,
    /// Minor units that came (positive) or left (negative). Never zero.
    pub amount: i128,
    /// Minor units afterwards. Negative only outside: a deposit's movement.
    pub balance: i128,
    /// When.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::Cause;

    /// Stored rows have these words, and what is stored is never changed.
    #[test]
    fn causes_are_stored_under_their_words() {
        let words = Cause::ALL.map(Cause::as_str);
        assert_eq!(words, ["deposit", "withdraw", "reserve", "cancel", "claim", "refund"]);
    }
}
