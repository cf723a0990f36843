//! How texts on the wire are written, as regular expressions for the descriptions. What decides is the domain's reading.

/// Any text without a NUL character.
pub(crate) const TEXT: &str = "^[^\\u0000]*$";
/// Any text without a control character.
pub(crate) const LINE: &str = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$";
/// Visible ASCII.
pub(crate) const VISIBLE: &str = "^[!-~]+$";
/// The id of a user, a group or a coin.
pub(crate) const ID: &str = "^[A-Za-z0-9_-]+$";
/// The id of a packet: a number below 2^128 in base 62, but for the last few of them.
pub(crate) const TRANSFER: &str = "^([0-6][0-9A-Za-z]{21}|7[0-9A-Za-m][0-9A-Za-z]{20})$";
/// A decimal as in JSON: what any coin can have, and more, with an exponent of at most 40.
pub(crate) const DECIMAL: &str = "^(0|[1-9][0-9]{0,19})(\\.[0-9]{1,18})?([eE][+-]?([0-9]|[1-3][0-9]|40))?$";
