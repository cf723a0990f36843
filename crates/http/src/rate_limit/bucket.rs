//! A token bucket, as the moment at which it is full again.

/// How a bucket drains and fills. All times are nanoseconds of one clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// How long one request takes to be made up for; 0: every request is served.
    pub(super) interval_ns: u64,
    /// How long an empty bucket takes to be full.
    pub(super) refill_ns: u64,
}

/// A bucket is empty when it takes [`Pace::refill_ns`] to be full. One that is full says nothing and need not be kept.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bucket {
    full_at_ns: u64,
}

impl Bucket {
    /// Takes a token, or says in how many nanoseconds there is one. A refusal costs nothing.
    pub(super) fn take(&mut self, pace: Pace, now_ns: u64) -> Result<(), u64> {
        let full_at_ns = self.full_at_ns.max(now_ns) + pace.interval_ns;
        let wait_ns = (full_at_ns - now_ns).saturating_sub(pace.refill_ns);
        if wait_ns > 0 {
            return Err(wait_ns);
        }
        self.full_at_ns = full_at_ns;
        Ok(())
    }

    /// Gives a token back. A bucket that has filled up meanwhile stays full.
    pub(super) const fn give_back(&mut self, pace: Pace) {
        self.full_at_ns = self.full_at_ns.saturating_sub(pace.interval_ns);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three at once, then one in ten.
    const PACE: Pace = Pace { interval_ns: 10, refill_ns: 30 };

    fn empty(now_ns: u64) -> Bucket {
        let mut bucket = Bucket::default();
        while bucket.take(PACE, now_ns).is_ok() {}
        bucket
    }

    #[test]
    fn a_burst_is_served_and_then_as_many_as_flow_in() {
        let mut bucket = Bucket::default();
        let served = |bucket: &mut Bucket, now_ns| (0..99).filter(|_| bucket.take(PACE, now_ns).is_ok()).count();
        assert_eq!(served(&mut bucket, 1_000), 3);
        assert_eq!(served(&mut bucket, 1_009), 0);
        assert_eq!(served(&mut bucket, 1_010), 1);
        assert_eq!(served(&mut bucket, 1_035), 2);
        assert_eq!(served(&mut bucket, 9_000), 3, "it never holds more than a burst");
    }

    #[test]
    fn after_the_wait_that_it_names_and_not_before_a_token_is_there() {
        for now_ns in 1_000..1_010 {
            let mut bucket = empty(1_000);
            let wait_ns = bucket.take(PACE, now_ns).unwrap_err();
            assert_eq!(bucket.take(PACE, now_ns + wait_ns - 1), Err(1));
            assert_eq!(bucket.take(PACE, now_ns + wait_ns), Ok(()));
        }
    }

    #[test]
    fn what_is_given_back_can_be_taken_again_once() {
        let mut bucket = empty(1_000);
        bucket.give_back(PACE);
        assert!(bucket.take(PACE, 1_000).is_ok() && bucket.take(PACE, 1_000).is_err());
    }

    #[test]
    fn without_an_interval_every_request_is_served() {
        let (mut bucket, pace) = (Bucket::default(), Pace { interval_ns: 0, refill_ns: 0 });
        assert!((0..99).all(|_| bucket.take(pace, 1_000).is_ok()));
    }
}
