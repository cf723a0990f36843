//! Values in the form that the file has them in.
//!
//! Amounts are text of fixed width: exact, and in order like the numbers. Ids are 16 bytes. Lists of rows go to a statement as
//! JSON, each row as a list of its columns.

use std::error::Error;

use hongbao_domain::store::Update;
use hongbao_store::rows::{Cell, Cells, Signed, Unreadable};
use serde::{Serialize, Serializer};
use sqlx::{
    Decode, Sqlite, Type,
    sqlite::{SqliteTypeInfo, SqliteValueRef},
};

/// Minor units: 28 digits, in the journal after a sign.
#[derive(Debug)]
pub(crate) struct Minor(i128);

/// An id of 16 bytes.
#[derive(Debug)]
pub(crate) struct Bits(u128);

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

impl From<Bits> for u128 {
    fn from(bits: Bits) -> Self {
        bits.0
    }
}

impl Type<Sqlite> for Minor {
    fn type_info() -> SqliteTypeInfo {
        <str as Type<Sqlite>>::type_info()
    }
}

impl<'row> Decode<'row, Sqlite> for Minor {
    fn decode(value: SqliteValueRef<'row>) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let text = <&str as Decode<Sqlite>>::decode(value)?;
        Ok(Self(text.parse().map_err(|_| Unreadable("an amount"))?))
    }
}

impl Type<Sqlite> for Bits {
    fn type_info() -> SqliteTypeInfo {
        <[u8] as Type<Sqlite>>::type_info()
    }
}

impl<'row> Decode<'row, Sqlite> for Bits {
    fn decode(value: SqliteValueRef<'row>) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let bytes = <&[u8] as Decode<Sqlite>>::decode(value)?;
        Ok(Self(bytes.try_into().map(u128::from_be_bytes).map_err(|_| Unreadable("an id"))?))
    }
}

/// Writes an id as the file has it.
pub(crate) fn bytes(id: u128) -> Vec<u8> {
    id.to_be_bytes().to_vec()
}

/// Writes an id as JSON can carry it; `unhex` reads it.
pub(crate) fn hex(id: u128) -> String {
    format!("{id:032x}")
}

/// Writes bytes as JSON can carry them; `unhex` reads them.
pub(crate) fn hex_of(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}

/// Writes a list for `json_each`.
pub(crate) fn json<T: Serialize>(rows: impl IntoIterator<Item = T>) -> String {
    let rows: Vec<T> = rows.into_iter().collect();
    serde_json::to_string(&rows).expect("texts, numbers and nulls are always JSON")
}

/// Writes rows for `json_each`: `value ->> 0` is the first column of each.
pub(crate) fn json_rows<R: Cells>(rows: &[R]) -> String {
    json(rows.iter().map(columns))
}

/// Writes rows that have changed: `value ->> '$[0][0]'` is the first column as it is to be, `value ->> '$[1][0]'` as it was.
pub(crate) fn json_updates<'row, R: Cells + 'row>(updates: impl IntoIterator<Item = &'row Update<R>>) -> String {
    json(updates.into_iter().map(|update| [columns(&update.after), columns(&update.before)]))
}

fn columns<R: Cells>(row: &R) -> Vec<Column<'_>> {
    row.cells().into_iter().map(Column).collect()
}

struct Column<'row>(Cell<'row>);

impl Serialize for Column<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Cell::Null => serializer.serialize_none(),
            Cell::Text(text) => serializer.serialize_str(text),
            Cell::Number(number) => serializer.serialize_i64(number),
            Cell::Flag(flag) => serializer.serialize_bool(flag),
            Cell::Amount(minor) => serializer.collect_str(&format_args!("{minor:028}")),
            Cell::Signed(minor) => serializer.collect_str(&format_args!("{minor:+029}")),
            Cell::Id(id) => serializer.collect_str(&format_args!("{id:032x}")),
            Cell::Bytes(bytes) => serializer.serialize_str(&hex_of(bytes)),
        }
    }
}

#[cfg(test)]
mod tests {
    use hongbao_domain::money::Amount;

    use super::*;

    fn written(cell: Cell<'_>) -> String {
        json([Column(cell)])
    }

    #[test]
    fn the_largest_amount_fills_the_width() {
        assert_eq!(written(Cell::Amount(Amount::MAX.minor())), format!("[\"{}\"]", "9".repeat(28)));
        assert_eq!(written(Cell::Amount(0)), format!("[\"{}\"]", "0".repeat(28)));
        assert_eq!(written(Cell::Signed(-7)), format!("[\"-{}7\"]", "0".repeat(27)));
        assert_eq!(written(Cell::Signed(Amount::MAX.minor())), format!("[\"+{}\"]", "9".repeat(28)));
    }

    #[test]
    fn ids_and_bytes_are_hexadecimal() {
        assert_eq!(written(Cell::Id(0xab)), format!("[\"{}ab\"]", "0".repeat(30)));
        assert_eq!(written(Cell::Bytes(&[0x0f, 0xa0])), "[\"0fa0\"]");
    }
}
