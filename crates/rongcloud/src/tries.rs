//! Whether another try may follow, and what all of them add up to. No I/O, no time.

use hongbao_domain::im_cloud::{CloudAnswer, CloudRefusal};

use crate::{call::Repeat, outcome::Failed};

/// How many tries one call has, the first one included.
const MAX_TRIES: u32 = 3;

/// The failed tries of one call.
pub(crate) struct Tries {
    repeat: Repeat,
    made: u32,
    /// Whether it is unknown what became of one of the tries. A later no cannot take that back.
    in_doubt: bool,
    /// The answer of the latest try whose outcome is unknown, else of the latest one.
    answer: Option<CloudAnswer>,
}

/// What may follow a failed try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Nothing.
    Stop,
    /// Another try on the other host, without a pause.
    OtherHost {
        /// Whether the failed try used up its turn: a host that was not reached has counted nothing.
        turn_spent: bool,
    },
    /// Another try on the same host, after a pause: its quota is one for both hosts.
    Later,
}

impl Tries {
    pub(crate) const fn new(repeat: Repeat) -> Self {
        Self { repeat, made: 0, in_doubt: false, answer: None }
    }

    /// How many tries were made.
    pub(crate) const fn made(&self) -> u32 {
        self.made
    }

    /// Takes a failed try into account.
    pub(crate) fn add(&mut self, failed: Failed) -> Next {
        self.made += 1;
        let next = match (&failed, self.repeat) {
            (Failed::Unreached, _) => Next::OtherHost { turn_spent: false },
            (Failed::Throttled(_), _) => Next::Later,
            (Failed::Unknown(_), Repeat::Harmless) => Next::OtherHost { turn_spent: true },
            (Failed::Unknown(_), Repeat::IfNotExecuted) | (Failed::Rejected(_), _) => Next::Stop,
        };
        self.remember(failed);
        if self.made < MAX_TRIES { next } else { Next::Stop }
    }

    fn remember(&mut self, failed: Failed) {
        match failed {
            Failed::Unknown(answer) => {
                self.in_doubt = true;
                self.answer = answer;
            }
            Failed::Rejected(answer) | Failed::Throttled(answer) if !self.in_doubt => self.answer = Some(answer),
            Failed::Rejected(_) | Failed::Throttled(_) | Failed::Unreached => {}
        }
    }

    /// Says what became of the call, after its last try failed.
    pub(crate) fn into_refusal(self) -> CloudRefusal {
        if self.in_doubt { CloudRefusal::Unknown(self.answer) } else { CloudRefusal::Rejected(self.answer) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::without_body;

    fn rejected() -> Failed {
        Failed::Rejected(without_body(400))
    }

    fn throttled() -> Failed {
        Failed::Throttled(without_body(429))
    }

    fn unknown() -> Failed {
        Failed::Unknown(Some(without_body(500)))
    }

    #[test]
    fn what_follows_depends_on_what_is_known() {
        let first = |repeat, failed| Tries::new(repeat).add(failed);
        for repeat in [Repeat::Harmless, Repeat::IfNotExecuted] {
            assert_eq!(first(repeat, Failed::Unreached), Next::OtherHost { turn_spent: false });
            assert_eq!(first(repeat, throttled()), Next::Later);
            assert_eq!(first(repeat, rejected()), Next::Stop);
        }
        assert_eq!(first(Repeat::Harmless, unknown()), Next::OtherHost { turn_spent: true });
        assert_eq!(first(Repeat::IfNotExecuted, unknown()), Next::Stop);
    }

    #[test]
    fn nothing_follows_the_third_try() {
        for failed in [Failed::Unreached, throttled(), unknown()] {
            let mut tries = Tries::new(Repeat::Harmless);
            assert_ne!(tries.add(failed.clone()), Next::Stop);
            assert_ne!(tries.add(failed.clone()), Next::Stop);
            assert_eq!(tries.add(failed), Next::Stop);
        }
    }

    #[test]
    fn one_doubt_outweighs_every_no() {
        let sum = |failures: &[Failed]| {
            let mut tries = Tries::new(Repeat::Harmless);
            for failed in failures {
                tries.add(failed.clone());
            }
            tries.into_refusal()
        };
        let in_doubt = CloudRefusal::Unknown(Some(without_body(500)));
        assert_eq!(sum(&[unknown(), rejected()]), in_doubt);
        assert_eq!(sum(&[throttled(), unknown(), rejected()]), in_doubt);
        assert_eq!(sum(&[unknown(), throttled(), Failed::Unreached]), in_doubt);
        assert_eq!(sum(&[Failed::Unreached, Failed::Unknown(None), rejected()]), CloudRefusal::Unknown(None));

        assert_eq!(sum(&[Failed::Unreached]), CloudRefusal::Rejected(None));
        assert_eq!(sum(&[throttled(), rejected()]), CloudRefusal::Rejected(Some(without_body(400))));
        assert_eq!(sum(&[throttled(), Failed::Unreached]), CloudRefusal::Rejected(Some(without_body(429))));
    }
}
