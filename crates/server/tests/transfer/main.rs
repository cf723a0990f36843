//! Moving a store that has something of everything: what comes of it, seen through the ports.

mod place;
mod refused;
mod torn;
mod whole;
