//! What only grows, and what goes up and down.

use std::sync::atomic::{AtomicU64, Ordering};

/// A count since the start of the process.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Counts one.
    pub fn increment(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// Gives the count.
    pub fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How many there are now.
#[derive(Debug, Default)]
pub struct Level(AtomicU64);

impl Level {
    /// Counts one more.
    pub fn raise(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts one less. Each was counted before.
    pub fn lower(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    /// Gives how many there are.
    pub fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn nothing_is_lost_among_threads() {
        let (counter, level) = (Counter::default(), Level::default());
        level.raise();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..10_000 {
                        counter.increment();
                        level.raise();
                        level.lower();
                    }
                });
            }
        });
        assert_eq!((counter.read(), level.read()), (40_000, 1));
    }
}
