//! Accounts and the purses in which money lies.

use crate::{
    id::{CoinId, UserId},
    money::{Amount, Money, Scale},
    time::Timestamp,
};

/// Names the account of one user in one coin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountKey {
    /// The owner.
    pub user: UserId,
    /// The coin.
    pub coin: CoinId,
}

/// A balance together with the number of postings that led to it.
///
/// The count is the version of the balance: postings of a purse are numbered 1, 2, 3 … without a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Purse {
    /// What lies in the purse, in minor units.
    pub balance: Amount,
    /// How many postings there were.
    pub entries: u64,
}

/// What one user owns of one coin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// Whose account in which coin.
    pub key: AccountKey,
    /// The coin's number of decimal places.
    pub scale: Scale,
    /// The money.
    pub purse: Purse,
    /// What the user's own packets in this coin hold, in minor units. It is kept here so that it need not be summed each
    /// time that it is asked for. Nothing is decided by it: the money is in the packets.
    pub held: Amount,
    /// When the account last changed.
    pub changed_at: Timestamp,
}

impl Account {
    /// Opens an empty account.
    pub fn open(key: AccountKey, scale: Scale, now: Timestamp) -> Self {
        Self { key, scale, purse: Purse::default(), held: Amount::ZERO, changed_at: now }
    }
}

/// What one user has of one coin: to spend, and held in packets that are still under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    /// What can be spent.
    pub balance: Money,
    /// What lies in the user's own packets, not yet claimed or given back.
    pub held: Amount,
}
