//! Parts of lists.

/// A part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page<K> {
    /// The last entry of the page before; `None` for the first page.
    pub after: Option<K>,
    /// The most entries that are given.
    pub limit: u32,
}

impl<K> Page<K> {
    /// The first page.
    pub const fn first(limit: u32) -> Self {
        Self { after: None, limit }
    }
}
