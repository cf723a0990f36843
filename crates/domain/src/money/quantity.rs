//! Decimals as callers write them, before it is known which coin they count.

use std::{fmt, str::FromStr};

use rust_decimal::Decimal;

use super::{Amount, Scale};

/// A non-negative decimal, kept exactly as it was written: `significand × 10^exponent`.
///
/// The grammar is that of a JSON number: `1.000`, `0.5` and `1e-7` are read; `+1`, `.5`, `5.` and `007` are not.
/// Exponents go up to ±40 and, zeros at the end of a fraction aside, there are at most 38 digits: more than any amount
/// has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quantity {
    /// Never ends in a zero, unless it is zero; so equal values are equal.
    significand: u128,
    exponent: i32,
}

/// Says why a text is not a quantity, or a quantity not an amount of a coin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuantityError {
    /// The text is not a decimal number.
    Malformed,
    /// The number is below zero.
    Negative,
    /// The number is zero, where it must be more.
    Zero,
    /// The number has more decimal places than the coin.
    TooManyPlaces,
    /// The number is above 10^28 − 1 minor units.
    TooLarge,
}

impl fmt::Display for QuantityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the text is not a decimal number",
            Self::Negative => "the number is below zero",
            Self::Zero => "the number is zero",
            Self::TooManyPlaces => "the number has more decimal places than the coin",
            Self::TooLarge => "the number is too large",
        })
    }
}

impl std::error::Error for QuantityError {}

impl Quantity {
    const MAX_EXPONENT: i32 = 40;

    fn new(significand: u128, exponent: i32) -> Self {
        let mut quantity = Self { significand, exponent };
        while quantity.significand != 0 && quantity.significand.is_multiple_of(10) {
            quantity.significand /= 10;
            quantity.exponent += 1;
        }
        if quantity.significand == 0 {
            quantity.exponent = 0;
        }
        quantity
    }

    /// Gives the amount in minor units of a coin with `scale` decimal places. Nothing is ever rounded.
    pub fn to_amount(self, scale: Scale) -> Result<Amount, QuantityError> {
        let shift = self.exponent + i32::from(scale.places());
        let Ok(shift) = u32::try_from(shift) else {
            return Err(QuantityError::TooManyPlaces);
        };
        10_u128
            .checked_pow(shift)
            .and_then(|factor| self.significand.checked_mul(factor))
            .and_then(|minor| i128::try_from(minor).ok())
            .and_then(Amount::from_minor)
            .ok_or(QuantityError::TooLarge)
    }
}

/// Writes equal values alike, however they were written: `88.80` is `888e-1`.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}e{}", self.significand, self.exponent)
    }
}

impl FromStr for Quantity {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) if is_digits(fraction) => (whole, fraction.trim_end_matches('0')),
            Some(_) => return Err(QuantityError::Malformed),
            None => (mantissa, ""),
        };
        if !is_digits(whole) || (whole.len() > 1 && whole.starts_with('0')) {
            return Err(QuantityError::Malformed);
        }
        let places = i32::try_from(fraction.len()).map_err(|_| QuantityError::Malformed)?;
        let significand = (whole.bytes().chain(fraction.bytes()))
            .try_fold(0_u128, |value, byte| value.checked_mul(10)?.checked_add(u128::from(byte - b'0')))
            .filter(|significand| *significand < 10_u128.pow(38))
            .ok_or(QuantityError::Malformed)?;
        if negative && significand != 0 {
            return Err(QuantityError::Negative);
        }
        Ok(Self::new(significand, exponent - places))
    }
}

/// Takes a decimal of the field's own type, for services that embed this crate.
impl TryFrom<Decimal> for Quantity {
    type Error = QuantityError;

    fn try_from(decimal: Decimal) -> Result<Self, QuantityError> {
        let significand = u128::try_from(decimal.mantissa()).map_err(|_| QuantityError::Negative)?;
        let places = i32::try_from(decimal.scale()).map_err(|_| QuantityError::Malformed)?;
        Ok(Self::new(significand, -places))
    }
}

/// A decimal above zero: what a packet is asked to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PositiveQuantity(Quantity);

impl PositiveQuantity {
    /// Gives the amount in minor units of a coin, as [`Quantity::to_amount`] does.
    pub fn to_amount(self, scale: Scale) -> Result<Amount, QuantityError> {
        self.0.to_amount(scale)
    }
}

impl TryFrom<Quantity> for PositiveQuantity {
    type Error = QuantityError;

    fn try_from(quantity: Quantity) -> Result<Self, QuantityError> {
        if quantity.significand == 0 { Err(QuantityError::Zero) } else { Ok(Self(quantity)) }
    }
}

impl FromStr for PositiveQuantity {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        text.parse::<Quantity>()?.try_into()
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn read_exponent(text: &str) -> Result<i32, QuantityError> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !is_digits(digits) {
        return Err(QuantityError::Malformed);
    }
    text.parse()
        .ok()
        .filter(|exponent| (-Quantity::MAX_EXPONENT..=Quantity::MAX_EXPONENT).contains(exponent))
        .ok_or(QuantityError::Malformed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn amount(text: &str, places: u8) -> Result<i128, QuantityError> {
        let quantity: Quantity = text.parse()?;
        quantity.to_amount(Scale::new(places).unwrap()).map(Amount::minor)
    }

    #[test]
    fn decimals_are_read_exactly() {
        assert_eq!(amount("0.1", 2), Ok(10));
        assert_eq!(amount("1.000", 2), Ok(100));
        assert_eq!(amount("1e-7", 18), Ok(100_000_000_000));
        assert_eq!(amount("1E+2", 2), Ok(10_000));
        assert_eq!(amount("12", 18), Ok(12 * 10_i128.pow(18)));
        assert_eq!(amount("9999999999999999999999999999", 0), Ok(10_i128.pow(28) - 1));
        assert_eq!(amount(&format!("1.{}", "0".repeat(500)), 0), Ok(1));
        assert_eq!(amount("-0", 2), Ok(0));
        assert_eq!(amount("0e40", 18), Ok(0));
    }

    #[test]
    fn what_does_not_fit_the_coin_is_refused_and_never_rounded() {
        assert_eq!(amount("0.001", 2), Err(QuantityError::TooManyPlaces));
        assert_eq!(amount("1e-40", 18), Err(QuantityError::TooManyPlaces));
        assert_eq!(amount("10000000000000000000000000000", 0), Err(QuantityError::TooLarge));
        assert_eq!(amount("1e40", 18), Err(QuantityError::TooLarge));
        assert_eq!(amount("-1", 2), Err(QuantityError::Negative));
    }

    #[test]
    fn zero_is_no_positive_quantity_however_it_is_written() {
        for zero in ["0", "-0", "0.00", "0.000", "0e40"] {
            assert_eq!(zero.parse::<PositiveQuantity>(), Err(QuantityError::Zero), "{zero}");
        }
        assert!("0.000000000000000000001".parse::<PositiveQuantity>().is_ok());
    }

    #[test]
    fn what_is_not_a_decimal_is_refused() {
        let wrong = [
            "", "+1", ".5", "5.", "007", "0.1+", "NaN", "inf", "1e", "1e400", "1e41", "1e-41", "１２", "1_000", "1,5",
            " 1", "1 ", "0x10", "--1", "1e+-2", "-",
        ];
        for text in wrong {
            assert_eq!(text.parse::<Quantity>(), Err(QuantityError::Malformed), "{text:?}");
        }
    }

    #[test]
    fn equal_values_are_written_alike() {
        for text in ["88.8", "88.80", "8.88e1", "888E-1"] {
            assert_eq!(text.parse::<Quantity>().unwrap().to_string(), "888e-1", "{text}");
        }
        for (text, written) in [("0.00", "0e0"), ("8880", "888e1"), ("1", "1e0")] {
            assert_eq!(text.parse::<Quantity>().unwrap().to_string(), written);
        }
    }

    #[test]
    fn there_are_at_most_38_digits() {
        assert!("9".repeat(38).parse::<Quantity>().is_ok());
        for text in ["1".repeat(39), format!("1{}", "0".repeat(38)), format!("{}.1", "1".repeat(38))] {
            assert_eq!(text.parse::<Quantity>(), Err(QuantityError::Malformed), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(minor in 0..10_i128.pow(28), places in 0_u8..=18) {
            let scale = Scale::new(places).unwrap();
            let printed = Amount::from_minor(minor).unwrap().to_decimal(scale).normalize().to_string();
            prop_assert_eq!(amount(&printed, places), Ok(minor));
        }

        #[test]
        fn a_decimal_gives_the_same_quantity_as_its_text(minor in 0..10_i128.pow(28), places in 0_u32..=18) {
            let decimal = Decimal::from_i128_with_scale(minor, places);
            prop_assert_eq!(Quantity::try_from(decimal).unwrap(), decimal.to_string().parse().unwrap());
        }

        #[test]
        fn no_text_makes_the_parser_panic(text: String) {
            let _: Result<Quantity, _> = text.parse();
        }
    }
}
