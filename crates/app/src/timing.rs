//! The timing law: who may wait how long, so that no lease ends under a call that is still running.

use std::{fmt, time::Duration};

/// The spans of time that a saga lives by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// The longest wait for a turn at the IM cloud.
    pub pacing: Duration,
    /// The longest call to the IM cloud, with all its repeats.
    pub cloud_timeout: Duration,
    /// After this a caller gets an answer, whatever the saga is doing.
    pub deadline: Duration,
    /// For how long a saga is trusted to finish before others undo it.
    pub lease: Duration,
    /// How often what others left behind is looked for.
    pub clean_up_interval: Duration,
}

/// Says which part of the timing law does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimingError {
    /// Waiting for a turn and calling the cloud would not fit into the deadline with 2 s to spare.
    DeadlineTooShort,
    /// The lease would end less than 2 s after the deadline.
    LeaseTooShort,
    /// What hangs would not be resolved within lease + 5 s.
    CleanUpTooRare,
}

impl fmt::Display for TimingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DeadlineTooShort => "the request deadline is shorter than pacing + cloud time-out + 2 s",
            Self::LeaseTooShort => "the lease is shorter than the request deadline + 2 s",
            Self::CleanUpTooRare => "the clean-up interval must be more than 0 s and at most 3 s",
        })
    }
}

impl std::error::Error for TimingError {}

const MARGIN: Duration = Duration::from_secs(2);
const LONGEST_INTERVAL: Duration = Duration::from_secs(3);

impl Timing {
    /// Checks the timing law; call it at start-up.
    pub fn check(&self) -> Result<(), TimingError> {
        if self.pacing + self.cloud_timeout + MARGIN > self.deadline {
            return Err(TimingError::DeadlineTooShort);
        }
        if self.deadline + MARGIN > self.lease {
            return Err(TimingError::LeaseTooShort);
        }
        if self.clean_up_interval.is_zero() || self.clean_up_interval > LONGEST_INTERVAL {
            return Err(TimingError::CleanUpTooRare);
        }
        Ok(())
    }
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            pacing: Duration::from_secs(1),
            cloud_timeout: Duration::from_secs(5),
            deadline: Duration::from_secs(10),
            lease: Duration::from_secs(15),
            clean_up_interval: Duration::from_secs(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_keep_the_law() {
        assert_eq!(Timing::default().check(), Ok(()));
    }

    #[test]
    fn a_cloud_time_out_must_fit_the_deadline_and_the_deadline_the_lease() {
        let good = Timing::default();
        let slow_cloud = Timing { cloud_timeout: Duration::from_millis(7001), ..good };
        assert_eq!(slow_cloud.check(), Err(TimingError::DeadlineTooShort));
        let short_lease = Timing { lease: Duration::from_millis(11_999), ..good };
        assert_eq!(short_lease.check(), Err(TimingError::LeaseTooShort));
        let lazy = Timing { clean_up_interval: Duration::from_secs(4), ..good };
        assert_eq!(lazy.check(), Err(TimingError::CleanUpTooRare));
    }
}
