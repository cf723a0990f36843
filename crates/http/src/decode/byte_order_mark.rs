//! What some editors and libraries put before a text to say that it is UTF-8.

/// It is no part of the text.
pub(super) const BYTE_ORDER_MARK: char = '\u{feff}';
