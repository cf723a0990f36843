//! Dice from one seed, so that a schedule can be had again.

/// `SplitMix64`, see <https://prng.di.unimi.it/splitmix64.c>.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Gives dice that are independent of these, and the same again for the same seed.
    pub(crate) fn split(&mut self) -> Self {
        Self(self.next())
    }

    /// Gives a number below `count`, which is not zero.
    pub(crate) fn below(&mut self, count: u64) -> u64 {
        self.next() % count
    }

    /// Gives an index of a list with so many elements, of which there is one at least.
    pub(crate) fn index(&mut self, count: usize) -> usize {
        let count = u64::try_from(count).expect("a list is shorter than 2^64");
        usize::try_from(self.below(count)).expect("it is below a usize")
    }

    /// Gives one of a list that is not empty.
    pub(crate) fn one<'list, T>(&mut self, list: &'list [T]) -> &'list T {
        &list[self.index(list.len())]
    }

    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
