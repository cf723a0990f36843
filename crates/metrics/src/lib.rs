//! Numbers that a running server counts: no lock, no allocation, no name.
//!
//! Each crate owns what it counts. What a number is called, and how it is told to the outside, is the server's alone, so that
//! no adapter knows a library of metrics.

mod counter;
mod histogram;

pub use counter::{Counter, Level};
pub use histogram::{DURATIONS, Histogram, Observed, SIZES};
