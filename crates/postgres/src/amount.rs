//! Amounts as exact `NUMERIC(28, 0)`.

use hongbao_domain::money::Amount;
use rust_decimal::Decimal;

use crate::fault::Unreadable;

/// Writes an amount.
pub(crate) fn unsigned(amount: Amount) -> Decimal {
    signed(amount.minor())
}

/// Writes minor units that came or left: at most 28 digits, which always fit.
pub(crate) fn signed(minor: i128) -> Decimal {
    Decimal::from_i128_with_scale(minor, 0)
}

/// Reads an amount.
pub(crate) fn to_amount(number: Decimal) -> Result<Amount, Unreadable> {
    to_minor(number).ok().and_then(Amount::from_minor).ok_or(Unreadable("an amount"))
}

/// Reads minor units with a sign.
pub(crate) fn to_minor(number: Decimal) -> Result<i128, Unreadable> {
    if number.scale() == 0 { Ok(number.mantissa()) } else { Err(Unreadable("a signed amount")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_amount_is_exact() {
        assert_eq!(unsigned(Amount::MAX).to_string(), "9".repeat(28));
        assert_eq!(to_amount(unsigned(Amount::MAX)), Ok(Amount::MAX));
        assert_eq!(to_minor(signed(-Amount::MAX.minor())), Ok(-Amount::MAX.minor()));
        assert_eq!(to_amount(signed(-1)), Err(Unreadable("an amount")));
        assert!(to_minor(Decimal::from_i128_with_scale(15, 1)).is_err());
    }
}
