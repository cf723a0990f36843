//! Rows as cells, of which stores make JSON.

/// Minor units with a sign, as the journal has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signed(pub i128);

/// What stands in one column of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'row> {
    /// Nothing.
    Null,
    /// A text.
    Text(&'row str),
    /// A number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// Minor units.
    Amount(i128),
    /// Minor units with a sign.
    Signed(i128),
    /// 16 bytes.
    Id(u128),
    /// Bytes.
    Bytes(&'row [u8]),
}

/// A row as a list of cells.
pub trait Cells {
    /// The names of the columns.
    const COLUMNS: &'static [&'static str];

    /// Gives the cells in the order of the columns.
    fn cells(&self) -> Vec<Cell<'_>>;
}

macro_rules! cell {
    ($($type:ty, $value:ident => $cell:expr;)*) => {
        $(
            impl<'row> From<&'row $type> for Cell<'row> {
                fn from($value: &'row $type) -> Self {
                    $cell
                }
            }

            impl<'row> From<&'row Option<$type>> for Cell<'row> {
                fn from(value: &'row Option<$type>) -> Self {
                    value.as_ref().map_or(Cell::Null, Cell::from)
                }
            }
        )*
    };
}

cell! {
    String, text => Cell::Text(text);
    i64, number => Cell::Number(*number);
    bool, flag => Cell::Flag(*flag);
    i128, minor => Cell::Amount(*minor);
    Signed, minor => Cell::Signed(minor.0);
    u128, id => Cell::Id(*id);
    Vec<u8>, bytes => Cell::Bytes(bytes);
}
