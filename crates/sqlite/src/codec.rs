//! Values in the form that the file has them in.
//!
//! Amounts are text of fixed width: exact, and in order like the numbers. Ids are 16 bytes. Lists of rows go to a statement as
//! JSON, each row as a list of its columns: `value ->> 0` is the first. Bytes are read by `unhex(value ->> 0, '\x')`.

use std::error::Error;

use hongbao_domain::store::Update;
use hongbao_store::rows::{self, Cells, Signed, Unreadable};
use serde::Serialize;
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

/// Writes a list for `json_each`.
pub(crate) fn json<T: Serialize>(rows: impl IntoIterator<Item = T>) -> String {
    rows::json(rows.into_iter().collect::<Vec<T>>())
}

/// Writes rows that have changed: `value ->> '$[0][0]'` is the first column as it is to be, `value ->> '$[1][0]'` as it was.
pub(crate) fn json_updates<'row, R: Cells + 'row>(updates: impl IntoIterator<Item = &'row Update<R>>) -> String {
    json(updates.into_iter().map(|update| [update.after.cells(), update.before.cells()]))
}
