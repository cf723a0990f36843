//! Money that came in from outside or went out.

use super::AccountKey;
use crate::{id::Reference, money::Amount, store::Row, time::Timestamp};

/// Which way money crossed the border.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// A deposit.
    In,
    /// A withdrawal.
    Out,
}

/// A deposit or withdrawal. It stays for ever, so that its reference can never be used for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Movement {
    /// The permanent, unique name.
    pub reference: Reference,
    /// In or out.
    pub direction: Direction,
    /// The account.
    pub account: AccountKey,
    /// Minor units.
    pub amount: Amount,
    /// When.
    pub at: Timestamp,
}

impl Row for Movement {
    type Key = Reference;

    fn key(&self) -> Reference {
        self.reference
    }
}
