//! Which part of a list is shown, and how to get to the next one.

use clap::Args;
use hongbao_ports::query::Page;

/// The most entries of one page.
const MOST: i64 = 1000;

/// How many entries are shown at once.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Limit {
    /// The most entries that are shown: 1 to 1000.
    #[arg(long, default_value_t = 100, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=MOST))]
    limit: u32,
}

impl Limit {
    /// Asks for one entry more than is shown, which tells whether there is another page.
    pub(super) const fn page<K>(self, after: Option<K>) -> Page<K> {
        Page { after, limit: self.limit + 1 }
    }

    /// Cuts off the entry that is not shown, and gives the last one that is, if there are more.
    pub(super) fn cut<E, K>(self, entries: &mut Vec<E>, key: impl Fn(&E) -> K) -> Option<K> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = entries.len() > limit;
        entries.truncate(limit);
        if more { entries.last().map(key) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_its_last_entry_only_if_there_are_more() {
        let limit = Limit { limit: 2 };
        assert_eq!(limit.page(Some(7)), Page { after: Some(7), limit: 3 });
        for (found, shown, next) in
            [(vec![], vec![], None), (vec![1, 2], vec![1, 2], None), (vec![1, 2, 3], vec![1, 2], Some(2))]
        {
            let mut entries = found;
            assert_eq!((limit.cut(&mut entries, |entry| *entry), entries), (next, shown));
        }
    }
}
