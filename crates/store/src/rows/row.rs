//! What a row is: a struct whose fields are the columns.

use std::fmt::{Debug, DebugStruct};

/// Makes the struct of a row and gives its cells. What comes with it from another table stands after a semicolon.
macro_rules! row {
    (
        $(#[$doc:meta])*
        $row:ident {
            $($(#[$column_doc:meta])* $column:ident: $type:ty,)*
            $(; $(#[$joined_doc:meta])* $joined:ident: $joined_type:ty,)?
        }
    ) => {
        $(#[$doc])*
        #[expect(missing_docs, reason = "the columns are explained with the tables, in the migrations")]
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $row {
            $($(#[$column_doc])* pub $column: $type,)*
            $($(#[$joined_doc])* pub $joined: $joined_type,)?
        }

        impl std::fmt::Debug for $row {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut row = f.debug_struct(stringify!($row));
                $(super::row::show(&mut row, stringify!($column), &self.$column);)*
                $(super::row::show(&mut row, stringify!($joined), &self.$joined);)?
                row.finish()
            }
        }

        impl super::cell::Cells for $row {
            const COLUMNS: &'static [&'static str] = &[$(stringify!($column)),*];

            fn cells(&self) -> Vec<super::cell::Cell<'_>> {
                vec![$(super::cell::Cell::from(&self.$column)),*]
            }
        }
    };
}

pub(super) use row;

/// Columns that hold what must not be shown, in whichever table.
const SECRETS: &[&str] = &["secret", "former_secret", "token"];

/// Shows a column, without what must not be shown.
pub(super) fn show(row: &mut DebugStruct<'_, '_>, column: &str, value: &dyn Debug) {
    let is_secret = SECRETS.contains(&column);
    if is_secret {
        row.field(column, &format_args!("***"))
    } else {
        row.field(column, value)
    };
}
