//! What a row is: a struct whose fields are the columns.

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
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $row {
            $($(#[$column_doc])* pub $column: $type,)*
            $($(#[$joined_doc])* pub $joined: $joined_type,)?
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
