//! What a coin is.

use std::fmt;

use super::{Amount, Scale};
use crate::id::CoinId;

/// A coin that red packets can be sent in. Its scale never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coin {
    id: CoinId,
    scale: Scale,
    min_amount: Amount,
    max_amount: Amount,
    takes_packets: bool,
}

/// Says why a coin cannot be so: its smallest packet must be more than nothing and not above its largest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoinError;

impl fmt::Display for CoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a coin's smallest packet must be more than nothing and not above its largest")
    }
}

impl std::error::Error for CoinError {}

impl Coin {
    /// Makes a coin that can be sent, whose packets hold `min_amount` to `max_amount` minor units, both included.
    pub fn try_new(id: CoinId, scale: Scale, min_amount: Amount, max_amount: Amount) -> Result<Self, CoinError> {
        if min_amount.is_zero() || min_amount > max_amount {
            return Err(CoinError);
        }
        Ok(Self { id, scale, min_amount, max_amount, takes_packets: true })
    }

    /// Says whether new packets can be sent in it. What is in accounts and in open packets stays as it is.
    #[must_use]
    pub const fn with_packets(self, takes_packets: bool) -> Self {
        Self { takes_packets, ..self }
    }

    /// Says whether new packets can be sent in it.
    pub const fn takes_packets(&self) -> bool {
        self.takes_packets
    }

    /// Gives the coin's id.
    pub const fn id(&self) -> CoinId {
        self.id
    }

    /// Gives the number of decimal places.
    pub const fn scale(&self) -> Scale {
        self.scale
    }

    /// Gives the least that one packet may hold.
    pub const fn min_amount(&self) -> Amount {
        self.min_amount
    }

    /// Gives the most that one packet may hold.
    pub const fn max_amount(&self) -> Amount {
        self.max_amount
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(min: i128, max: i128) -> Result<Coin, CoinError> {
        let amount = |minor| Amount::from_minor(minor).unwrap();
        Coin::try_new("CNY".parse().unwrap(), Scale::new(2).unwrap(), amount(min), amount(max))
    }

    #[test]
    fn the_smallest_packet_is_something_and_not_above_the_largest() {
        for (min, max) in [(1, 1), (1, 2), (7, 7)] {
            let coin = limits(min, max).unwrap();
            assert_eq!((coin.min_amount().minor(), coin.max_amount().minor()), (min, max));
        }
        for (min, max) in [(0, 0), (0, 1), (2, 1)] {
            assert_eq!(limits(min, max), Err(CoinError), "{min} to {max}");
        }
    }
}
