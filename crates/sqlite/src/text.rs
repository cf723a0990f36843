//! Amounts as text of fixed width: exact, and in order like the numbers.

use hongbao_domain::money::Amount;

use crate::fault::Unreadable;

/// Writes 28 digits.
pub(crate) fn unsigned(amount: Amount) -> String {
    format!("{:028}", amount.minor())
}

/// Writes a sign and 28 digits.
pub(crate) fn signed(minor: i128) -> String {
    format!("{minor:+029}")
}

/// Reads what [`unsigned`] wrote.
pub(crate) fn to_amount(text: &str) -> Result<Amount, Unreadable> {
    text.parse().ok().and_then(Amount::from_minor).ok_or(Unreadable("an amount"))
}

/// Reads what [`signed`] wrote.
pub(crate) fn to_minor(text: &str) -> Result<i128, Unreadable> {
    text.parse().map_err(|_| Unreadable("a signed amount"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_amount_fills_the_width() {
        assert_eq!(unsigned(Amount::MAX), "9".repeat(28));
        assert_eq!(unsigned(Amount::ZERO), "0".repeat(28));
        assert_eq!(signed(-7), format!("-{}7", "0".repeat(27)));
        assert_eq!(to_amount(&unsigned(Amount::MAX)).unwrap(), Amount::MAX);
        assert_eq!(to_minor(&signed(Amount::MAX.minor())).unwrap(), Amount::MAX.minor());
        assert_eq!(to_minor(&signed(-1)).unwrap(), -1);
    }
}
