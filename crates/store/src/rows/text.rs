//! Values as texts and numbers, and back.

use std::str::FromStr;

use hongbao_domain::{
    money::{Amount, Scale},
    time::Timestamp,
};

use super::unreadable::Unreadable;

/// Reads an identifier or another text of the domain. `what` stands in the error, as in "a user id".
pub fn parse<T: FromStr>(text: &str, what: &'static str) -> Result<T, Unreadable> {
    text.parse().map_err(|_| Unreadable(what))
}

pub(super) fn number<T: TryFrom<i64>>(number: i64, what: &'static str) -> Result<T, Unreadable> {
    T::try_from(number).map_err(|_| Unreadable(what))
}

/// Reads a version or a count.
pub fn version(stored: i64) -> Result<u64, Unreadable> {
    number(stored, "a version")
}

/// Writes a version or a count. Nothing is counted as far as the largest one.
pub(super) fn stored(version: u64) -> i64 {
    i64::try_from(version).unwrap_or(i64::MAX)
}

/// Reads an amount.
pub fn amount(minor: i128) -> Result<Amount, Unreadable> {
    Amount::from_minor(minor).ok_or(Unreadable("an amount"))
}

/// Reads a coin's number of decimal places.
pub fn scale(places: i64) -> Result<Scale, Unreadable> {
    number(places, "a scale").ok().and_then(Scale::new).ok_or(Unreadable("a scale"))
}

pub(super) fn times(micros: Option<i64>) -> Option<Timestamp> {
    micros.map(Timestamp::from_micros)
}
