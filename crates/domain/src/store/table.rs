//! One table of the book.

use std::collections::BTreeMap;

use super::{Update, Written};

/// A row that a batch can load, change and write.
pub trait Row: Clone + PartialEq {
    /// What the row is known by. Its order is that in which rows are locked and written.
    type Key: Clone + Ord;

    /// Gives the row's key.
    fn key(&self) -> Self::Key;
}

/// A row before the batch and as it is now. Without either it is not there.
#[derive(Debug)]
struct Slot<R> {
    before: Option<R>,
    after: Option<R>,
}

/// The rows of one table that a batch works on.
#[derive(Debug)]
pub(crate) struct Table<R: Row>(BTreeMap<R::Key, Slot<R>>);

impl<R: Row> Table<R> {
    /// Takes what was loaded.
    pub(super) fn loaded(rows: Vec<R>) -> Self {
        let slot = |row: R| (row.key(), Slot { before: Some(row.clone()), after: Some(row) });
        Self(rows.into_iter().map(slot).collect())
    }

    /// Gives a row as it is now.
    pub(crate) fn get(&self, key: &R::Key) -> Option<&R> {
        self.0.get(key)?.after.as_ref()
    }

    /// Gives a row to change.
    pub(crate) fn get_mut(&mut self, key: &R::Key) -> Option<&mut R> {
        self.0.get_mut(key)?.after.as_mut()
    }

    /// Adds a row, in place of any of the same key.
    pub(crate) fn put(&mut self, row: R) {
        let slot = self.0.entry(row.key()).or_insert(Slot { before: None, after: None });
        slot.after = Some(row);
    }

    /// Takes a row out and says whether it was there.
    pub(crate) fn remove(&mut self, key: &R::Key) -> bool {
        self.0.get_mut(key).is_some_and(|slot| slot.after.take().is_some())
    }

    /// Gives all rows as they are now.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &R> {
        self.0.values().filter_map(|slot| slot.after.as_ref())
    }

    /// Corrects a number of rows that was counted before the batch: `of` says which rows count.
    pub(crate) fn recount(&self, counted: u64, of: impl Fn(&R) -> bool) -> u64 {
        let count = |row: &Option<R>| u64::from(row.as_ref().is_some_and(&of));
        self.0
            .values()
            .fold(counted, |counted, slot| (counted + count(&slot.after)).saturating_sub(count(&slot.before)))
    }

    /// Gives what has to be written, and nothing that stayed as it was.
    pub(super) fn into_written(self) -> Written<R> {
        let mut written = Written::default();
        for slot in self.0.into_values() {
            match slot {
                Slot { before: Some(before), after: Some(after) } if before != after => {
                    written.updated.push(Update { before, after });
                }
                Slot { before: None, after: Some(after) } => written.inserted.push(after),
                Slot { before: Some(before), after: None } => written.deleted.push(before),
                Slot { before: Some(_), after: Some(_) } | Slot { before: None, after: None } => {}
            }
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, PartialEq)]
    struct Line(u8, &'static str);

    impl Row for Line {
        type Key = u8;

        fn key(&self) -> u8 {
            self.0
        }
    }

    #[test]
    fn only_what_is_other_than_it_was_is_written() {
        let mut table = Table::loaded(vec![Line(1, "a"), Line(2, "b"), Line(3, "c"), Line(4, "d")]);
        table.put(Line(2, "B"));
        assert!(table.remove(&3) && !table.remove(&3) && !table.remove(&9));
        table.put(Line(5, "e"));
        table.put(Line(6, "f"));
        assert!(table.remove(&6), "what came and went within the batch leaves nothing");
        assert!(table.remove(&4));
        table.put(Line(4, "d"));

        let written = table.into_written();

        assert_eq!(written.inserted, [Line(5, "e")]);
        assert_eq!(written.updated, [Update { before: Line(2, "b"), after: Line(2, "B") }]);
        assert_eq!(written.deleted, [Line(3, "c")]);
    }

    #[test]
    fn a_count_from_before_the_batch_follows_its_rows() {
        let mut table = Table::loaded(vec![Line(1, "in"), Line(2, "out")]);
        let is_in = |line: &Line| line.1 == "in";
        assert_eq!(table.recount(7, is_in), 7);
        table.put(Line(3, "in"));
        table.put(Line(2, "in"));
        assert_eq!(table.recount(7, is_in), 9);
        table.remove(&1);
        table.remove(&2);
        assert_eq!(table.recount(7, is_in), 7);
    }
}
