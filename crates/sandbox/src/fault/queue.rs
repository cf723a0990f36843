//! The faults that are still to happen.

use super::{Fault, Mishap};

/// Armed faults, in the order in which they were armed.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn arm(&mut self, fault: Fault) {
        if fault.times > 0 {
            self.0.push(fault);
        }
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
    fn a_fault_for_no_times_is_not_armed() {
        let mut faults = Faults::default();

        faults.arm(Fault::new("/a", Mishap::Reject).times(0));

        assert_eq!(faults.armed(), []);
    }
}
