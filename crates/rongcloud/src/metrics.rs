//! What is counted of calls.

use std::time::Duration;

use hongbao_metrics::{Counter, Histogram, Observed};

use crate::{
    call::{Quota, Reply},
    outcome::Failed,
};

/// What was counted of calls to the cloud since the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudCounts {
    /// By the quota that the calls use up.
    pub quotas: Vec<QuotaCounts>,
    /// How long tries took, in microseconds.
    pub durations: Observed,
}

/// What was counted of the calls of one quota.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaCounts {
    /// Which quota.
    pub quota: &'static str,
    /// How many tries ended in each class of outcomes.
    pub tries: [(&'static str, u64); 5],
    /// How long calls waited for a turn, in microseconds.
    pub waits: Observed,
    /// How many calls were not made because no turn would have come in time.
    pub refused: u64,
}

/// Counts calls.
pub(crate) struct CloudMetrics {
    quotas: [QuotaMetrics; Quota::ALL.len()],
    durations: Histogram,
}

struct QuotaMetrics {
    quota: Quota,
    done: Counter,
    rejected: Counter,
    throttled: Counter,
    unreached: Counter,
    unknown: Counter,
    waits: Histogram,
    refused: Counter,
}

impl CloudMetrics {
    pub(crate) fn new() -> Self {
        Self { quotas: Quota::ALL.map(QuotaMetrics::new), durations: Histogram::of_durations() }
    }

    fn of(&self, quota: Quota) -> &QuotaMetrics {
        &self.quotas[quota.index()]
    }

    /// Counts a try that has ended.
    pub(crate) fn tried(&self, quota: Quota, outcome: &Result<Reply, Failed>, took: Duration) {
        let metrics = self.of(quota);
        let counter = match outcome {
            Ok(_) => &metrics.done,
            Err(Failed::Rejected(_)) => &metrics.rejected,
            Err(Failed::Throttled(_)) => &metrics.throttled,
            Err(Failed::Unreached) => &metrics.unreached,
            Err(Failed::Unknown(_)) => &metrics.unknown,
        };
        counter.increment();
        self.durations.observe_duration(took);
    }

    /// Counts a turn that comes after that time.
    pub(crate) fn waits(&self, quota: Quota, wait: Duration) {
        self.of(quota).waits.observe_duration(wait);
    }

    /// Counts a call for which there was no turn in time.
    pub(crate) fn refused(&self, quota: Quota) {
        self.of(quota).refused.increment();
    }

    pub(crate) fn read(&self) -> CloudCounts {
        let quotas = self.quotas.iter().map(QuotaMetrics::read).collect();
        CloudCounts { quotas, durations: self.durations.read() }
    }
}

impl QuotaMetrics {
    fn new(quota: Quota) -> Self {
        Self {
            quota,
            done: Counter::default(),
            rejected: Counter::default(),
            throttled: Counter::default(),
            unreached: Counter::default(),
            unknown: Counter::default(),
            waits: Histogram::of_durations(),
            refused: Counter::default(),
        }
    }

    fn read(&self) -> QuotaCounts {
        QuotaCounts {
            quota: self.quota.name(),
            tries: [
                ("done", self.done.read()),
                ("rejected", self.rejected.read()),
                ("throttled", self.throttled.read()),
                ("unreached", self.unreached.read()),
                ("unknown", self.unknown.read()),
            ],
            waits: self.waits.read(),
            refused: self.refused.read(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_quota_counts_for_itself() {
        let metrics = CloudMetrics::new();
        for (number, quota) in Quota::ALL.into_iter().enumerate() {
            (0..=number).for_each(|_| metrics.tried(quota, &Err(Failed::Unreached), Duration::ZERO));
        }
        let counts = metrics.read();
        let unreached: Vec<_> = counts.quotas.iter().map(|quota| quota.tries[3]).collect();
        assert_eq!(unreached, [1, 2, 3, 4, 5, 6, 7].map(|count| ("unreached", count)));
        assert_eq!(counts.durations.count, 28);
    }
}
