//! How values are distributed over fixed bounds.

use std::{
    iter,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// Bounds for times, in microseconds: 500 µs to 10 s.
pub const DURATIONS: &[u64] = &[
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
    10_000_000,
];

/// Bounds for counts: powers of two, 1 to 4096.
pub const SIZES: &[u64] = &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096];

/// Counts values by bounds that are set once.
#[derive(Debug)]
pub struct Histogram {
    bounds: &'static [u64],
    /// One for each bound.
    counts: Box<[AtomicU64]>,
    /// What is above all bounds.
    above: AtomicU64,
    sum: AtomicU64,
}

/// What a histogram has counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// Each bound, and how many values were not above it.
    pub buckets: Vec<(u64, u64)>,
    /// How many values there were.
    pub count: u64,
    /// Their sum.
    pub sum: u64,
}

impl Histogram {
    /// Makes one with rising bounds.
    pub fn new(bounds: &'static [u64]) -> Self {
        let counts = iter::repeat_with(AtomicU64::default).take(bounds.len()).collect();
        Self { bounds, counts, above: AtomicU64::new(0), sum: AtomicU64::new(0) }
    }

    /// Makes one for times, in microseconds.
    pub fn of_durations() -> Self {
        Self::new(DURATIONS)
    }

    /// Makes one for counts of things.
    pub fn of_sizes() -> Self {
        Self::new(SIZES)
    }

    /// Counts a value.
    pub fn observe(&self, value: u64) {
        let place = self.bounds.partition_point(|bound| *bound < value);
        self.counts.get(place).unwrap_or(&self.above).fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// Counts a time, in microseconds.
    pub fn observe_duration(&self, took: Duration) {
        self.observe(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    /// Counts how many of something there were.
    pub fn observe_size(&self, size: usize) {
        self.observe(u64::try_from(size).unwrap_or(u64::MAX));
    }

    /// Gives what was counted. While others count, the sum may be a value ahead of the counts or behind them.
    pub fn read(&self) -> Observed {
        let mut count = 0;
        let mut up_to = |counted: &AtomicU64| {
            count += counted.load(Ordering::Relaxed);
            count
        };
        let buckets = self.bounds.iter().zip(&self.counts).map(|(bound, counted)| (*bound, up_to(counted))).collect();
        let count = up_to(&self.above);
        Observed { buckets, count, sum: self.sum.load(Ordering::Relaxed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_counts_in_each_bucket_that_it_is_not_above() {
        let histogram = Histogram::new(&[1, 10, 100]);
        for value in [0, 1, 2, 10, 11, 100, 101, 1_000] {
            histogram.observe(value);
        }
        let observed = Observed { buckets: vec![(1, 2), (10, 4), (100, 6)], count: 8, sum: 1_225 };
        assert_eq!(histogram.read(), observed);
    }

    #[test]
    fn times_are_counted_in_microseconds() {
        let histogram = Histogram::of_durations();
        histogram.observe_duration(Duration::from_micros(500));
        histogram.observe_duration(Duration::from_nanos(500_999));
        histogram.observe_duration(Duration::from_secs(11));
        let observed = histogram.read();
        assert_eq!(observed.buckets.first(), Some(&(500, 2)));
        assert_eq!(observed.buckets.last(), Some(&(10_000_000, 2)));
        assert_eq!((observed.count, observed.sum), (3, 11_001_000));
    }

    #[test]
    fn bounds_rise() {
        assert!(DURATIONS.is_sorted() && SIZES.is_sorted());
    }
}
