//! Dice from one seed, so that a failure can be studied.

use std::{
    env,
    hash::{BuildHasher, RandomState},
};

/// `SplitMix64`, see <https://prng.di.unimi.it/splitmix64.c>.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Takes the seed from `HONGBAO_TEST_SEED`, else a new one, and prints it. What the machine does between two throws
    /// is not in it: the same seed asks the same, and meets other accidents.
    #[expect(clippy::print_stdout, reason = "the seed belongs to what a failed test prints")]
    pub(crate) fn printed() -> Self {
        let given = env::var("HONGBAO_TEST_SEED").ok().map(|seed| seed.parse().expect("HONGBAO_TEST_SEED is a number"));
        let seed = given.unwrap_or_else(|| RandomState::new().hash_one(()));
        println!("HONGBAO_TEST_SEED={seed}");
        Self(seed)
    }

    /// Gives a number below `count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let count = u64::try_from(count).unwrap();
        usize::try_from((mixed ^ (mixed >> 31)) % count).unwrap()
    }

    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}
