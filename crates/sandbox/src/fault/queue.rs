//! The faults that are still to happen.

use super::{FaultRule, InjectedFault};

/// How many faults can be armed at a time, each for as many requests as it likes.
pub const MAX_FAULTS: usize = 1_000;

/// Armed faults, in the order in which they were armed.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<FaultRule>);

impl Faults {
    /// Arms a fault, unless there are too many already.
    pub(crate) fn arm(&mut self, rule: FaultRule) -> bool {
        let room = self.0.len() < MAX_FAULTS;
        if room && rule.times > 0 {
            self.0.push(rule);
        }
        room
    }

    pub(crate) fn armed(&self) -> &[FaultRule] {
        &self.0
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Uses up one time of the first fault of `path`.
    pub(crate) fn inject(&mut self, path: &str) -> Option<InjectedFault> {
        let first = self.0.iter().position(|rule| rule.path == path)?;
        let rule = &mut self.0[first];
        let fault = rule.fault;
        rule.times -= 1;
        if rule.times == 0 {
            self.0.remove(first);
        }
        Some(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::When, *};

    #[test]
    fn faults_of_a_path_are_injected_in_order_and_as_often_as_asked() {
        let mut faults = Faults::default();
        faults.arm(FaultRule::new("/a", InjectedFault::Reject).times(2));
        faults.arm(FaultRule::new("/b", InjectedFault::RateLimit));
        faults.arm(FaultRule::new("/a", InjectedFault::Timeout(When::After)));

        let injected: Vec<_> = std::iter::from_fn(|| faults.inject("/a")).collect();

        let timeout = InjectedFault::Timeout(When::After);
        assert_eq!(injected, [InjectedFault::Reject, InjectedFault::Reject, timeout]);
        assert_eq!(faults.armed(), [FaultRule::new("/b", InjectedFault::RateLimit)]);
    }

    #[test]
    fn too_many_faults_are_not_armed() {
        let mut faults = Faults::default();
        for _ in 0..MAX_FAULTS {
            assert!(faults.arm(FaultRule::new("/a", InjectedFault::Reject)));
        }

        assert!(!faults.arm(FaultRule::new("/b", InjectedFault::Reject)));

        assert_eq!(faults.armed().len(), MAX_FAULTS);
        assert_eq!(faults.inject("/b"), None);
    }

    #[test]
    fn a_fault_for_no_times_is_not_armed() {
        let mut faults = Faults::default();

        faults.arm(FaultRule::new("/a", InjectedFault::Reject).times(0));

        assert_eq!(faults.armed(), []);
    }
}
