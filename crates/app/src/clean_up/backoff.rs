//! Candidates that cannot be helped at the moment, and for how long they are left alone.

use std::{collections::BTreeMap, time::Duration};

use tokio::time::Instant;

/// For how long the first time; each time after that twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(30);

/// The longest that one is left alone.
const LONGEST_PAUSE: Duration = Duration::from_mins(10);

/// The most that are remembered. Of more, the one whose pause ends first is forgotten.
const LIMIT: usize = 4096;

/// What is left alone, and until when.
#[derive(Debug)]
pub(super) struct Backoff<K> {
    waits: BTreeMap<K, Wait>,
}

#[derive(Debug, Clone, Copy)]
struct Wait {
    until: Instant,
    pause: Duration,
}

impl<K> Default for Backoff<K> {
    fn default() -> Self {
        Self { waits: BTreeMap::new() }
    }
}

impl<K: Ord + Copy> Backoff<K> {
    /// Gives what is to be left alone at `now`.
    pub(super) fn waiting(&self, now: Instant) -> impl Iterator<Item = K> {
        self.waits.iter().filter(move |(_, wait)| now < wait.until).map(|(key, _)| *key)
    }

    /// Leaves `key` alone from now on, and says for how long; `None` if it is left alone already.
    pub(super) fn put_off(&mut self, key: K, now: Instant) -> Option<Duration> {
        let before = self.waits.get(&key).copied();
        if before.is_some_and(|wait| now < wait.until) {
            return None;
        }
        if before.is_none() && self.waits.len() >= LIMIT {
            let first = self.waits.iter().min_by_key(|(_, wait)| wait.until).map(|(key, _)| *key);
            self.waits.retain(|key, _| Some(*key) != first);
        }
        let pause = before.map_or(FIRST_PAUSE, |wait| LONGEST_PAUSE.min(wait.pause * 2));
        self.waits.insert(key, Wait { until: now + pause, pause });
        Some(pause)
    }

    /// Forgets `key`, which could be helped.
    pub(super) fn forget(&mut self, key: K) {
        self.waits.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_that_cannot_be_helped_is_left_alone_twice_as_long_each_time_up_to_a_bound() {
        let (mut backoff, mut now, mut pauses) = (Backoff::default(), Instant::now(), Vec::new());
        for _ in 0..7 {
            let pause = backoff.put_off('a', now).unwrap();
            assert_eq!(backoff.put_off('a', now), None, "it is left alone already");
            assert_eq!(backoff.waiting(now).collect::<Vec<_>>(), ['a']);
            now += pause;
            assert_eq!(backoff.waiting(now).count(), 0);
            pauses.push(pause.as_secs());
        }
        assert_eq!(pauses, [30, 60, 120, 240, 480, 600, 600]);

        backoff.forget('a');
        assert_eq!(backoff.put_off('a', now), Some(FIRST_PAUSE));
    }

    #[tokio::test]
    async fn no_more_are_remembered_than_the_bound_and_the_first_to_end_is_forgotten() {
        let (mut backoff, now) = (Backoff::default(), Instant::now());
        for key in 0..=LIMIT {
            backoff.put_off(key, now + Duration::from_millis(u64::try_from(key).unwrap()));
        }
        let waiting: Vec<_> = backoff.waiting(now).collect();
        assert_eq!((waiting.len(), waiting[0]), (LIMIT, 1));
    }
}
