//! Many buckets in bounded memory.

use std::{
    collections::{HashMap, hash_map::Entry},
    mem,
    time::Duration,
};

use super::bucket::{Bucket, Pace};

/// Buckets by the hash of what they are for, in two generations.
///
/// A bucket that is used is among the young. When a generation is over, the old are forgotten and the young are the old. It
/// is over after `keep_ns`, in which every bucket fills up: so what is forgotten was full. It is over earlier when there are
/// as many young as one half of the limit: then the half that was not used for longest is forgotten, and full again. Each
/// step costs the same whatever the number of buckets, and those that are in use are never forgotten for others.
#[derive(Debug)]
pub(super) struct Buckets {
    pace: Pace,
    keep_ns: u64,
    /// How many one generation has at most.
    half: usize,
    young: HashMap<u64, Bucket>,
    old: HashMap<u64, Bucket>,
    turned_at_ns: u64,
}

impl Buckets {
    /// Keeps at most `limit` buckets, each for `keep` at least while there is room, and until it is full in any case.
    pub(super) fn new(pace: Pace, keep: Duration, limit: usize) -> Self {
        let keep_ns = u64::try_from(keep.as_nanos()).unwrap_or(u64::MAX).max(pace.refill_ns);
        let (young, old) = (HashMap::new(), HashMap::new());
        Self { pace, keep_ns, half: limit / 2, young, old, turned_at_ns: 0 }
    }

    /// Takes a token from a bucket; one that is not there is full. Says in how many nanoseconds there is one if there is none.
    pub(super) fn take(&mut self, key: u64, now_ns: u64) -> Result<(), u64> {
        self.turn(now_ns);
        let Self { pace, young, old, .. } = self;
        young.entry(key).or_insert_with(|| old.remove(&key).unwrap_or_default()).take(*pace, now_ns)
    }

    /// The same; `None` if the bucket is not there.
    pub(super) fn take_known(&mut self, key: u64, now_ns: u64) -> Option<Result<(), u64>> {
        self.turn(now_ns);
        let Self { pace, young, old, .. } = self;
        let bucket = match young.entry(key) {
            Entry::Occupied(bucket) => bucket.into_mut(),
            Entry::Vacant(place) => place.insert(old.remove(&key)?),
        };
        Some(bucket.take(*pace, now_ns))
    }

    /// Gives back a token that was taken.
    pub(super) fn give_back(&mut self, key: u64) {
        if let Some(bucket) = self.young.get_mut(&key).or_else(|| self.old.get_mut(&key)) {
            bucket.give_back(self.pace);
        }
    }

    pub(super) fn forget(&mut self, key: u64) {
        self.young.remove(&key);
        self.old.remove(&key);
    }

    /// Begins a new generation if this one is over.
    fn turn(&mut self, now_ns: u64) {
        if self.young.len() >= self.half || now_ns.saturating_sub(self.turned_at_ns) >= self.keep_ns {
            self.old = mem::take(&mut self.young);
            self.turned_at_ns = now_ns;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One at once, and one in a hundred.
    const PACE: Pace = Pace { interval_ns: 100, refill_ns: 100 };

    fn buckets(limit: usize) -> Buckets {
        Buckets::new(PACE, Duration::ZERO, limit)
    }

    #[test]
    fn buckets_that_are_full_again_are_forgotten() {
        let mut buckets = buckets(1_000_000);
        for round in 1..=10 {
            let now_ns = round * 100;
            for key in 0..100 {
                assert_eq!(buckets.take(round * 1_000 + key, now_ns), Ok(()));
            }
            assert!(buckets.young.len() + buckets.old.len() <= 200);
        }
    }

    #[test]
    fn a_bucket_that_is_not_full_is_remembered_to_the_moment_when_it_is() {
        for begun_ns in 0..250 {
            let mut buckets = buckets(1_000_000);
            assert_eq!(buckets.take(1, 1_000), Ok(()), "a generation begins");
            assert_eq!(buckets.take(7, 1_000 + begun_ns), Ok(()));
            for later_ns in 1..100 {
                assert_eq!(buckets.take(7, 1_000 + begun_ns + later_ns), Err(100 - later_ns), "{begun_ns}");
            }
        }
    }

    #[test]
    fn a_crowd_takes_no_more_memory_than_the_limit_and_locks_nothing_out() {
        let mut buckets = buckets(100);
        for key in 1_000..100_000 {
            assert_eq!(buckets.take(key, 1_000), Ok(()), "a key that was never seen has a full bucket");
            assert!(buckets.young.len() + buckets.old.len() <= 100);
        }
    }

    #[test]
    fn a_bucket_in_use_is_not_forgotten_for_a_crowd() {
        let mut buckets = buckets(100);
        assert_eq!(buckets.take(7, 1_000), Ok(()));
        for key in 1_000..100_000 {
            assert_eq!(buckets.take(key, 1_000), Ok(()));
            if key % 40 == 0 {
                assert_eq!(buckets.take(7, 1_000), Err(100));
            }
        }
    }

    #[test]
    fn only_what_is_there_is_known() {
        let mut buckets = Buckets::new(PACE, Duration::from_nanos(500), 100);
        assert_eq!(buckets.take_known(7, 1_000), None);
        assert_eq!(buckets.take(7, 1_000), Ok(()));
        assert_eq!(buckets.take_known(7, 1_001), Some(Err(99)));
        assert_eq!(buckets.take_known(7, 1_499), Some(Ok(())), "it is kept for longer than it takes to be full");
        buckets.forget(7);
        assert_eq!(buckets.take_known(7, 1_499), None);
    }

    #[test]
    fn what_is_given_back_is_found_in_either_generation() {
        let mut buckets = buckets(100);
        assert_eq!(buckets.take(7, 1_000), Ok(()));
        buckets.give_back(7);
        assert_eq!(buckets.take(7, 1_000), Ok(()));
        assert_eq!(buckets.take(8, 1_099), Ok(()), "it is the turn of the next generation at 1,100");
        assert_eq!(buckets.take(9, 1_101), Ok(()));
        buckets.give_back(8);
        assert_eq!(buckets.take(8, 1_101), Ok(()));
    }
}
