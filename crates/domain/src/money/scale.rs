//! Decimal places.

/// How many decimal places a coin has: 0 to 18.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scale(u8);

impl Scale {
    /// Takes a number of places, if it is at most 18.
    pub fn new(places: u8) -> Option<Self> {
        (places <= 18).then_some(Self(places))
    }

    /// Gives the number of places.
    pub const fn places(self) -> u8 {
        self.0
    }
}
