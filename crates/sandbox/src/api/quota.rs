//! How much one app may ask for.

use std::collections::{HashMap, VecDeque};

use time::{Duration, OffsetDateTime};

use super::Form;

/// A limit on one path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quota {
    limit: usize,
    window: Duration,
    counted: Counted,
}

/// What a quota counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counted {
    Calls,
    /// The values of a parameter: a message to a thousand users is a thousand messages.
    Values(&'static str),
}

impl Quota {
    pub(super) const fn calls_per_second(limit: usize) -> Self {
        Self { limit, window: Duration::SECOND, counted: Counted::Calls }
    }

    pub(super) const fn messages_per_second(limit: usize, receiver: &'static str) -> Self {
        Self { limit, window: Duration::SECOND, counted: Counted::Values(receiver) }
    }

    pub(super) const fn messages_per_minute(limit: usize, receiver: &'static str) -> Self {
        Self { limit, window: Duration::MINUTE, counted: Counted::Values(receiver) }
    }

    /// What a call takes out of the quota; at least one, whatever it asks for.
    fn price(&self, form: &Form) -> usize {
        match self.counted {
            Counted::Calls => 1,
            Counted::Values(parameter) => form.count(parameter).max(1),
        }
    }
}

/// What was used up on each path. The cloud does not say how it measures; here every window up to now is within limits.
#[derive(Debug, Default)]
pub(crate) struct Meters(HashMap<&'static str, VecDeque<(OffsetDateTime, usize)>>);

impl Meters {
    /// Lets a call pass and counts it, or refuses it without counting it.
    pub(crate) fn admit(&mut self, path: &'static str, quota: Quota, form: &Form, now: OffsetDateTime) -> bool {
        let spent = self.0.entry(path).or_default();
        while spent.front().is_some_and(|(at, _)| now - *at >= quota.window) {
            spent.pop_front();
        }
        let price = quota.price(form);
        let sum: usize = spent.iter().map(|(_, price)| price).sum();
        if sum + price > quota.limit {
            return false;
        }
        spent.push_back((now, price));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAWN: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    #[test]
    fn a_quota_is_free_again_when_its_window_has_passed() {
        let quota = Quota::calls_per_second(2);
        let mut meters = Meters::default();
        let mut admit =
            |milliseconds| meters.admit("/a", quota, &Form::parse(b""), DAWN + Duration::milliseconds(milliseconds));

        let admitted = [0, 500, 999, 1_000, 1_499, 1_500].map(&mut admit);

        assert_eq!(admitted, [true, true, false, true, false, true]);
    }

    #[test]
    fn a_message_costs_as_much_as_it_has_receivers_and_a_refused_one_nothing() {
        let quota = Quota::messages_per_minute(3, "to");
        let mut meters = Meters::default();
        let mut admit = |form: &str| meters.admit("/a", quota, &Form::parse(form.as_bytes()), DAWN);

        let admitted = ["to=a&to=b", "to=c&to=d", "to=c", "x=1"].map(&mut admit);

        assert_eq!(admitted, [true, false, true, false]);
    }

    #[test]
    fn each_path_has_a_meter_of_its_own() {
        let quota = Quota::calls_per_second(1);
        let mut meters = Meters::default();
        let form = Form::parse(b"");

        assert!(meters.admit("/a", quota, &form, DAWN));
        assert!(meters.admit("/b", quota, &form, DAWN));
        assert!(!meters.admit("/a", quota, &form, DAWN));
    }
}
