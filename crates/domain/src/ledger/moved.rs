//! Movements that a reference already stands for.

use super::Movement;
use crate::store::Book;

/// A movement that is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// The movement as it stands in the ledger.
    pub movement: Movement,
    /// Whether it had been done before; then nothing was moved now.
    pub repeated: bool,
}

/// What a reference already stands for.
pub(super) enum Known {
    Nothing,
    This(Movement),
    Another,
}

/// Looks whether the book already has the movement.
pub(super) fn known(book: &Book, desired: &Movement) -> Known {
    match book.movement(desired.reference) {
        None => Known::Nothing,
        Some(found) if (Movement { at: desired.at, ..*found }) == *desired => Known::This(*found),
        Some(_) => Known::Another,
    }
}
