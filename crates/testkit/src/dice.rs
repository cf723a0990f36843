//! Identifiers without any order.

use std::sync::atomic::{AtomicU64, Ordering};

use hongbao_ports::Ids;

/// Makes identifiers that look random and are the same in every run with the same seed.
#[derive(Debug)]
pub struct Dice(AtomicU64);

impl Dice {
    /// Another seed makes other identifiers.
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Ids for Dice {
    /// `SplitMix64`, see <https://prng.di.unimi.it/splitmix64.c>.
    fn fresh(&self) -> u128 {
        let mixed = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
        let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u128::from(mixed ^ (mixed >> 31))
    }
}
