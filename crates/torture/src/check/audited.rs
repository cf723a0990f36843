//! The product's own audit says of the store what this checker says of it: it holds, and nothing hangs.

use super::{trial::Trial, violation::Violation};
use crate::history::Event;

const NAME: &str = "the product's own audit finds nothing";

pub(super) fn check(trial: &Trial<'_>) -> Vec<Violation> {
    let mut audits = trial.history.iter().enumerate().filter_map(|(index, line)| {
        let Event::Audited { status, said } = &line.event else { return None };
        Some((index, *status, said))
    });
    match audits.next() {
        Some((_, Some(0), _)) => Vec::new(),
        Some((index, Some(status), said)) => {
            vec![Violation::new(NAME, format!("it ended with {status}: {said}"), [index])]
        }
        Some((index, None, said)) => {
            vec![Violation::new(NAME, format!("it ended by itself with no status, or never: {said}"), [index])]
        }
        None => vec![Violation::new(NAME, "it was never asked", [])],
    }
}

#[cfg(test)]
mod tests {
    use super::{super::story::Story, *};
    use crate::history::Line;

    fn found(change: impl FnOnce(&mut Vec<Line>)) -> usize {
        let mut story = Story::sound();
        change(&mut story.history);
        check(&Trial::new(&story.history, &story.state)).len()
    }

    #[test]
    fn an_audit_that_fails_or_was_not_run_is_a_violation() {
        assert_eq!(found(|_| {}), 0);
        for status in [Some(1), Some(2), None] {
            let said = "WRONG account alice/CNY".to_owned();
            let told = |history: &mut Vec<Line>| {
                let last = history.last_mut().expect("a story has an end");
                last.event = Event::Audited { status, said };
            };
            assert_eq!(found(told), 1, "{status:?}");
        }
        assert_eq!(found(|history| history.truncate(history.len() - 1)), 1, "it was left out");
    }
}
