//! The faults that are still to happen.

use super::{Fault, Mishap};

/// How many faults can be armed at a time, each for as many requests as it likes.
pub const MAX_FAULTS: usize = 1_000;

/// Armed faults, in the order in which they were armed.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    /// Arms a fault, unless there are too many already.
    pub(crate) fn arm(&mut self, fault: Fault) -> bool {
        let room = self.0.len() < MAX_FAULTS;
        if room && fault.times > 0 {
            self.0.push(fault);
        }
        room
    }

    pub(crate) fn armed(&self) -> &[Fault] {
        &self.0
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Uses up one time of the first fault of `path`.
    pub(crate) fn strike(&mut self, path: &str) -> Option<Mishap> {
        let first = self.0.iter().position(|fault| fault.path == path)?;
        let fault = &mut self.0[first];
        let mishap = fault.mishap;
        fault.times -= 1;
        if fault.times == 0 {
            self.0.remove(first);
        }
        Some(mishap)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::When, *};

    #[test]
    fn faults_of_a_path_strike_in_order_and_as_often_as_asked() {
        let mut faults = Faults::default();
        faults.arm(Fault::new("/a", Mishap::Reject).times(2));
        faults.arm(Fault::new("/b", Mishap::RateLimit));
        faults.arm(Fault::new("/a", Mishap::Timeout(When::After)));

        let struck: Vec<_> = std::iter::from_fn(|| faults.strike("/a")).collect();

        let timeout = Mishap::Timeout(When::After);
        assert_eq!(struck, [Mishap::Reject, Mishap::Reject, timeout]);
        assert_eq!(faults.armed(), [Fault::new("/b", Mishap::RateLimit)]);
    }

    #[test]
    fn too_many_faults_are_not_armed() {
        let mut faults = Faults::default();
        for _ in 0..MAX_FAULTS {
            assert!(faults.arm(Fault::new("/a", Mishap::Reject)));
        }

        assert!(!faults.arm(Fault::new("/b", Mishap::Reject)));

        assert_eq!(faults.armed().len(), MAX_FAULTS);
        assert_eq!(faults.strike("/b"), None);
    }

    #[test]
    fn a_fault_for_no_times_is_not_armed() {
        let mut faults = Faults::default();

        faults.arm(Fault::new("/a", Mishap::Reject).times(0));

        assert_eq!(faults.armed(), []);
    }
}
