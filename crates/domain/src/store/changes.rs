//! What a store has to write after a batch.

/// A row that was there and is other than it was. What it was is the guard of the update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Update<R> {
    /// As it was loaded.
    pub before: R,
    /// As it is to be stored.
    pub after: R,
}

/// What became of the rows of one table, each list in the order of their keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written<R> {
    /// Rows that were not there.
    pub inserted: Vec<R>,
    /// Rows that have changed.
    pub updated: Vec<Update<R>>,
    /// Rows that are to go, as they were loaded.
    pub deleted: Vec<R>,
}

impl<R> Default for Written<R> {
    fn default() -> Self {
        Self { inserted: Vec::new(), updated: Vec::new(), deleted: Vec::new() }
    }
}

impl<R> Written<R> {
    /// Says whether there is nothing to write.
    pub const fn is_empty(&self) -> bool {
        self.inserted.is_empty() && self.updated.is_empty() && self.deleted.is_empty()
    }

    /// Gives the rows in another form.
    pub fn map<'row, T>(&'row self, of: impl Fn(&'row R) -> T) -> Written<T> {
        Written {
            inserted: self.inserted.iter().map(&of).collect(),
            updated: self.updated.iter().map(|row| Update { before: of(&row.before), after: of(&row.after) }).collect(),
            deleted: self.deleted.iter().map(&of).collect(),
        }
    }
}
