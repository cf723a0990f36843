//! Exact amounts in minor units.

use std::fmt;

use rust_decimal::Decimal;

use super::Scale;
use crate::id::CoinId;

/// An amount in minor units of its coin (fen, wei): 0 to 10^28 − 1.
///
/// The bound lets every amount fit `NUMERIC(28,0)` and [`Decimal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(i128);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The largest amount: 10^28 − 1 minor units.
    pub const MAX: Self = Self(10_i128.pow(28) - 1);

    /// Takes minor units, if they are in bounds.
    pub fn from_minor(minor: i128) -> Option<Self> {
        (0..=Self::MAX.0).contains(&minor).then_some(Self(minor))
    }

    /// Gives the minor units.
    pub const fn minor(self) -> i128 {
        self.0
    }

    /// Says whether this is nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Adds, unless the sum is out of bounds.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::from_minor(self.0 + other.0)
    }

    /// Subtracts, unless `other` is more.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        Self::from_minor(self.0 - other.0)
    }

    /// Gives the exact decimal value in whole coins.
    pub fn to_decimal(self, scale: Scale) -> Decimal {
        Decimal::from_i128_with_scale(self.0, u32::from(scale.places()))
    }
}

/// An amount together with its coin: what is printed.
///
/// `Display` writes the shortest exact decimal: no exponent, no trailing zeros (`88.8`, `1000`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// The coin.
    pub coin: CoinId,
    /// The coin's number of decimal places.
    pub scale: Scale,
    /// The amount in minor units.
    pub amount: Amount,
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.amount.to_decimal(self.scale).normalize().fmt(f)
    }
}

/// Writes any number of minor units as the shortest exact decimal, also beyond what one [`Amount`] can hold.
///
/// For sums over many accounts, and for amounts with a sign.
pub fn print_minor(minor: i128, scale: Scale) -> String {
    let places = usize::from(scale.places());
    let digits = format!("{:0>1$}", minor.unsigned_abs(), places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let fraction = fraction.trim_end_matches('0');
    let (sign, point) = (if minor < 0 { "-" } else { "" }, if fraction.is_empty() { "" } else { "." });
    format!("{sign}{whole}{point}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_stay_within_28_digits() {
        assert_eq!(Amount::from_minor(-1), None);
        assert_eq!(Amount::from_minor(10_i128.pow(28)), None);
        assert_eq!(Amount::MAX.checked_add(Amount(1)), None);
        assert_eq!(Amount::ZERO.checked_sub(Amount(1)), None);
    }

    #[test]
    fn money_prints_the_shortest_exact_decimal() {
        let print = |minor, places| {
            Money {
                coin: "X".parse().unwrap(),
                scale: Scale::new(places).unwrap(),
                amount: Amount::from_minor(minor).unwrap(),
            }
            .to_string()
        };
        assert_eq!(print(8880, 2), "88.8");
        assert_eq!(print(100_000, 2), "1000");
        assert_eq!(print(0, 18), "0");
        assert_eq!(print(1, 18), "0.000000000000000001");
        assert_eq!(print(10_i128.pow(28) - 1, 0), "9999999999999999999999999999");
    }

    #[test]
    fn sums_are_printed_exactly_whatever_their_size() {
        let print = |minor, places| print_minor(minor, Scale::new(places).unwrap());
        assert_eq!(print(0, 2), "0");
        assert_eq!(print(-5, 2), "-0.05");
        assert_eq!(print(-120, 2), "-1.2");
        assert_eq!(print(100, 0), "100");
        assert_eq!(print(10_i128.pow(33), 18), "1000000000000000");
        assert_eq!(print(10_i128.pow(33) + 1, 18), "1000000000000000.000000000000000001");
    }
}
