//! A store in memory and the people in it, for the tests of the rules.

mod store;
mod values;

pub(crate) use store::{Store, forged, gift, release, settle};
pub(crate) use values::{LEASE, LIFE, NOON, alice, bob, carol, cny_of, coin, fen};
