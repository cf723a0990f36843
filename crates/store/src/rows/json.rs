//! Rows as JSON, in which one statement takes as many as there are.

use serde::{Serialize, Serializer};

use super::cell::{Cell, Cells};

/// Writes rows as lists of their cells, in the order of the columns.
pub fn lists<'row, R: Cells + 'row>(rows: impl IntoIterator<Item = &'row R>) -> String {
    json(rows.into_iter().map(R::cells).collect::<Vec<_>>())
}

/// Writes rows as objects: each cell by the name of its column.
pub fn objects<'row, R: Cells + 'row>(rows: impl IntoIterator<Item = &'row R>) -> String {
    json(rows.into_iter().map(Object).collect::<Vec<_>>())
}

/// Writes texts, numbers, and lists and objects of them.
///
/// # Panics
///
/// On an object with a key that is no text.
pub fn json(value: impl Serialize) -> String {
    serde_json::to_string(&value).expect("texts, numbers and nulls are always JSON")
}

struct Object<'row, R>(&'row R);

impl<R: Cells> Serialize for Object<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(R::COLUMNS.iter().zip(self.0.cells()))
    }
}

/// Amounts have a fixed width, by which their texts are in order like the numbers: 28 digits, in the journal after a sign.
/// Ids and bytes are hexadecimal, bytes behind `\x`.
impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Amount(minor) => serializer.collect_str(&format_args!("{minor:028}")),
            Self::Signed(minor) => serializer.collect_str(&format_args!("{minor:+029}")),
            Self::Id(id) => serializer.collect_str(&format_args!("{id:032x}")),
            Self::Bytes(bytes) => serializer.collect_str(&format_args!("\\x{}", hex_of(bytes))),
        }
    }
}

/// Writes bytes as text.
pub fn hex_of(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}

#[cfg(test)]
mod tests {
    use hongbao_domain::money::Amount;

    use super::*;
    use crate::rows::{BlockRow, DeploymentRow};

    #[test]
    fn the_largest_amount_fills_the_width() {
        assert_eq!(json(Cell::Amount(Amount::MAX.minor())), format!("\"{}\"", "9".repeat(28)));
        assert_eq!(json(Cell::Amount(0)), format!("\"{}\"", "0".repeat(28)));
        assert_eq!(json(Cell::Signed(-7)), format!("\"-{}7\"", "0".repeat(27)));
        assert_eq!(json(Cell::Signed(Amount::MAX.minor())), format!("\"+{}\"", "9".repeat(28)));
    }

    #[test]
    fn ids_and_bytes_are_hexadecimal() {
        assert_eq!(json(Cell::Id(0xab)), format!("\"{}ab\"", "0".repeat(30)));
        assert_eq!(json(Cell::Bytes(&[0x0f, 0xa0])), r#""\\x0fa0""#);
    }

    #[test]
    fn a_row_is_a_list_or_has_the_names_of_its_columns() {
        let row = BlockRow { user_id: "alice".to_owned(), blocked_id: "\"bob\"".to_owned() };
        assert_eq!(lists([&row]), r#"[["alice","\"bob\""]]"#);
        assert_eq!(objects([&row, &row]).matches(r#"{"user_id":"alice","blocked_id":"\"bob\""}"#).count(), 2);
        assert_eq!(objects::<DeploymentRow>([]), "[]");
    }
}
