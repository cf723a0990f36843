//! Accounts and their balances.

use crate::{
    id::{CoinId, UserId},
    money::{Amount, Money, Scale},
    store::Row,
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

/// An amount together with the number of postings that led to it.
///
/// Postings of a balance are numbered 1, 2, 3 … without a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    /// The money, in minor units.
    pub amount: Amount,
    /// How many postings led to it.
    pub version: u64,
}

/// What one user owns of one coin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// Whose account in which coin.
    pub key: AccountKey,
    /// The coin's number of decimal places.
    pub scale: Scale,
    /// The money.
    pub balance: Balance,
    /// What the user's own packets in this coin hold, in minor units. It is kept here so that it need not be summed each
    /// time that it is asked for. Nothing is decided by it: the money is in the packets.
    pub held: Amount,
    /// When the account last changed.
    pub changed_at: Timestamp,
}

impl Account {
    /// Opens an empty account.
    pub fn open(key: AccountKey, scale: Scale, now: Timestamp) -> Self {
        Self { key, scale, balance: Balance::default(), held: Amount::ZERO, changed_at: now }
    }
}

impl Row for Account {
    type Key = AccountKey;

    fn key(&self) -> AccountKey {
        self.key
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
