//! Values in the form that the database has them in.

use std::error::Error;

use hongbao_store::rows::{Signed, Unreadable};
use rust_decimal::Decimal;
use sqlx::{
    Decode, Postgres, Type,
    postgres::{PgTypeInfo, PgValueRef},
};
use uuid::Uuid;

/// Minor units: exact `NUMERIC(28, 0)`.
#[derive(Debug)]
pub(crate) struct Minor(i128);

/// An id of 16 bytes.
#[derive(Debug)]
pub(crate) struct Bits(u128);

impl From<Bits> for u128 {
    fn from(bits: Bits) -> Self {
        bits.0
    }
}

impl Type<Postgres> for Bits {
    fn type_info() -> PgTypeInfo {
        <Uuid as Type<Postgres>>::type_info()
    }
}

impl<'row> Decode<'row, Postgres> for Bits {
    fn decode(value: PgValueRef<'row>) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self(<Uuid as Decode<Postgres>>::decode(value)?.as_u128()))
    }
}

impl From<Minor> for i128 {
    fn from(minor: Minor) -> Self {
        minor.0
    }
}

impl From<Minor> for Signed {
    fn from(minor: Minor) -> Self {
        Self(minor.0)
    }
}

impl Type<Postgres> for Minor {
    fn type_info() -> PgTypeInfo {
        <Decimal as Type<Postgres>>::type_info()
    }
}

impl<'row> Decode<'row, Postgres> for Minor {
    fn decode(value: PgValueRef<'row>) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self(minor(<Decimal as Decode<Postgres>>::decode(value)?)?))
    }
}

fn minor(number: Decimal) -> Result<i128, Unreadable> {
    if number.scale() == 0 { Ok(number.mantissa()) } else { Err(Unreadable("an amount")) }
}

/// Writes an id as the database has it.
pub(crate) fn uuid(bits: u128) -> Uuid {
    Uuid::from_u128(bits)
}

#[cfg(test)]
mod tests {
    use hongbao_domain::money::Amount;
    use hongbao_store::rows::{Cell, json};

    use super::*;

    #[test]
    fn the_largest_amount_is_exact() {
        let largest = Amount::MAX.minor();
        for written in [largest, -largest, 0, -1] {
            let text = json(Cell::Signed(written));
            assert_eq!(minor(text.trim_matches('"').parse().unwrap()), Ok(written), "{text}");
        }
        assert!(minor(Decimal::from_i128_with_scale(15, 1)).is_err());
    }
}
