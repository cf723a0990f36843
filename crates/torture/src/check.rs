//! What must be true of a trial, whatever was broken in it: a pure function of its history and of what there is in the end.
//!
//! One file for each invariant.

mod answers;
mod audited;
mod claims;
mod conservation;
mod durable;
mod ends;
mod friends;
mod inboxes;
mod keys;
mod messages;
mod movements;
mod names;
mod resolved;
#[cfg(test)]
mod story;
mod trial;
mod unmoved;
mod violation;
mod webhooks;

use self::trial::Trial;
pub(crate) use self::{resolved::disagreements, violation::Violation};
use crate::{cli::Defect, history::Line, state::State};

/// One invariant: gives every case in which it does not hold.
type Check = fn(&Trial<'_>) -> Vec<Violation>;

const CHECKS: [Check; 15] = [
    conservation::check,
    movements::check,
    ends::check,
    claims::check,
    durable::check,
    unmoved::check,
    keys::check,
    resolved::check,
    inboxes::check,
    messages::check,
    friends::check,
    names::check,
    answers::check,
    webhooks::check,
    audited::check,
];

/// Gives every violation.
pub(crate) fn violations(history: &[Line], state: &State) -> Vec<Violation> {
    let trial = Trial::new(history, state);
    CHECKS.iter().flat_map(|check| check(&trial)).collect()
}

/// Whether a planted defect is among what was found, and not something else.
pub(crate) fn betrays(defect: Defect, found: &[Violation]) -> bool {
    let broken: &[&str] = match defect {
        Defect::Fence => &[claims::NAME],
        Defect::EarlyAnswer => &[durable::NAME],
        Defect::Refund => &[durable::NAME, ends::NAME, conservation::NAME],
    };
    found.iter().any(|violation| broken.contains(&violation.invariant))
}

#[cfg(test)]
mod tests {
    use super::{Violation, betrays, claims, durable, names, story::Story, violations};
    use crate::cli::Defect;

    #[test]
    fn a_planted_defect_is_not_found_by_something_else() {
        let found = |invariant| [Violation::new(invariant, "", [])];

        assert!(betrays(Defect::Fence, &found(claims::NAME)));
        assert!(!betrays(Defect::Fence, &found(names::NAME)));
        assert!(betrays(Defect::EarlyAnswer, &found(durable::NAME)));
        assert!(!betrays(Defect::EarlyAnswer, &[]));
    }

    #[test]
    fn a_sound_story_breaks_no_promise() {
        let story = Story::sound();

        assert_eq!(violations(&story.history, &story.state), []);
    }
}
