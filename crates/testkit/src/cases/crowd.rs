//! .
pub(super) const CASES: &[crate::case::Case] = &[];
