//! Amounts: what is read is what was written, to the last digit, in every coin.
#![no_main]

use hongbao_domain::money::{Amount, Money, Quantity, QuantityError, Scale, print_minor};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let reading = Reading::of(text);
    match text.parse::<Quantity>() {
        Ok(quantity) => {
            let reading = reading.expect("what is accepted is a number");
            assert!(!reading.is_beyond_all_coins(), "{text:?} is too long");
            assert_eq!(quantity.to_string(), reading.shortest(), "{text:?}");
            if reading.exponent.abs() <= 40 {
                assert_eq!(quantity.to_string().parse(), Ok(quantity), "it is read back as itself");
            }
            for places in 0..=18 {
                in_a_coin(quantity, &reading, Scale::new(places).expect("at most 18"));
            }
        }
        Err(QuantityError::Negative) => assert!(reading.is_some_and(|it| it.is_negative && !it.digits.is_empty())),
        Err(QuantityError::Malformed) => assert!(reading.is_none_or(|it| it.is_beyond_all_coins()), "{text:?}"),
        Err(error) => panic!("{text:?} alone cannot be {error:?}"),
    }
});

/// Holds what a quantity comes to in a coin against the digits that were written.
fn in_a_coin(quantity: Quantity, reading: &Reading, scale: Scale) {
    match (quantity.to_amount(scale), reading.minor(scale)) {
        (Ok(amount), Some(minor)) => {
            assert_eq!(amount.minor().to_string(), minor);
            let printed = Money { coin: "X".parse().expect("an id"), scale, amount }.to_string();
            assert_eq!(printed, print_minor(amount.minor(), scale), "both print alike");
            let again: Quantity = printed.parse().expect("what is printed can be read");
            assert_eq!((again, again.to_amount(scale)), (quantity, Ok(amount)));
            assert!(amount <= Amount::MAX);
        }
        (Err(QuantityError::TooManyPlaces), None) => {}
        (Err(QuantityError::TooLarge), Some(minor)) => assert!(minor.len() > 28, "{minor} fits"),
        (found, minor) => panic!("{found:?} is not {minor:?}"),
    }
}

/// A JSON number, read as text: `digits × 10^exponent`, with neither leading nor trailing zeros in `digits`.
struct Reading {
    is_negative: bool,
    digits: String,
    exponent: i64,
    /// The digits as they were written, less zeros at the end of the fraction, and the exponent as it was written.
    written: (usize, Option<i64>),
}

impl Reading {
    fn of(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (mantissa, power) = match unsigned.find(['e', 'E']) {
            Some(place) => (&unsigned[..place], Some(&unsigned[place + 1..])),
            None => (unsigned, None),
        };
        let (whole, fraction) = match mantissa.find('.') {
            Some(place) => (&mantissa[..place], Some(&mantissa[place + 1..])),
            None => (mantissa, None),
        };
        let is_number = |text: &str| !text.is_empty() && text.chars().all(|digit| matches!(digit, '0'..='9'));
        let is_well_formed = is_number(whole)
            && (whole == "0" || !whole.starts_with('0'))
            && fraction.is_none_or(is_number)
            && power.is_none_or(|power| is_number(power.strip_prefix(['+', '-']).unwrap_or(power)));
        if !is_well_formed {
            return None;
        }
        let fraction = fraction.unwrap_or("").trim_end_matches('0');
        // A power of too many digits is far beyond the bound, or one with zeros in front.
        let power = power.map(|power| power.parse().unwrap_or(i64::MAX / 2));
        let all = format!("{whole}{fraction}");
        let digits = all.trim_start_matches('0').trim_end_matches('0').to_owned();
        let trailing = all.trim_start_matches('0').len() - digits.len();
        let places = i64::try_from(fraction.len()).ok()?;
        let exponent =
            if digits.is_empty() { 0 } else { power.unwrap_or(0) - places + i64::try_from(trailing).ok()? };
        let significant = all.trim_start_matches('0').len();
        Some(Self { is_negative: text.starts_with('-'), digits, exponent, written: (significant, power) })
    }

    /// Writes the number as a quantity is written.
    fn shortest(&self) -> String {
        let digits = if self.digits.is_empty() { "0" } else { &self.digits };
        format!("{digits}e{}", self.exponent)
    }

    /// Gives the minor units of a coin, if it has places enough.
    fn minor(&self, scale: Scale) -> Option<String> {
        if self.digits.is_empty() {
            return Some("0".to_owned());
        }
        let zeros = usize::try_from(self.exponent + i64::from(scale.places())).ok()?;
        Some(format!("{}{}", self.digits, "0".repeat(zeros)))
    }

    /// Says whether it has more digits or a larger exponent than is promised to be read.
    fn is_beyond_all_coins(&self) -> bool {
        let (digits, power) = self.written;
        digits > 38 || power.is_some_and(|power| power.abs() > 40)
    }
}
