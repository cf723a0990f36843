//! Parts of lists.

/// A part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page<K> {
    /// The last entry of the page before; `None` for the first page.
    pub after: Option<K>,
    /// The most entries that are given.
    pub limit: u32,
}
