//! A user has a name that was asked for, and none that was overtaken by a later one.

use super::{
    trial::{Attempt, Outcome, Trial, Unit},
    violation::Violation,
};

pub(super) const NAME: &str = "each profile";

pub(super) fn check(trial: &Trial<'_>) -> Vec<Violation> {
    let units = trial.units("refresh");
    let mut found = Vec::new();
    let ours = trial.state.users.iter().map(|user| (user.id.as_str(), user.name.as_str()));
    let clouds = trial.state.cloud_names.iter().map(|(user, name)| (user.as_str(), name.as_str()));
    for (user, name) in ours.chain(clouds) {
        let theirs: Vec<_> = units.iter().filter(|unit| unit.first().invoke.user == user).collect();
        let is_open = may_come_back(trial, user);
        found.extend(wrong(user, name, &theirs, is_open).map(|(what, lines)| Violation::new(NAME, what, lines)));
    }
    found
}

/// Whether an old name may come back: to fetch a token, or to register a user, writes the name of that moment to the cloud,
/// and a call that was given up may be executed later.
fn may_come_back(trial: &Trial<'_>, user: &str) -> bool {
    let mut writes = trial.attempts.iter().filter(|attempt| {
        attempt.invoke.user == user && matches!(attempt.invoke.method.as_str(), "get_token" | "user_info")
    });
    writes.any(|attempt| may_have_written(attempt))
}

fn wrong(user: &str, name: &str, units: &[&Unit<'_, '_>], is_open: bool) -> Option<(String, Vec<usize>)> {
    let asked = units.iter().find(|unit| unit.first().param("name") == name);
    let from_us = match asked {
        Some(unit) => match done_us(unit) {
            Some(done_us) => done_us,
            None if may_have_acted(unit) => return None,
            None => return Some((format!("{user} is called {name}, which was refused"), unit.lines())),
        },
        // A user who never asked for a name has none, or at the cloud the id.
        None if name.is_empty() || name == user => 0,
        None => return Some((format!("{user} is called {name}, which was never asked for"), Vec::new())),
    };
    if is_open {
        return None;
    }
    let later = units.iter().find(|unit| unit.outcome() == Outcome::Done && unit.first().span.from_us > from_us)?;
    let lines = asked.map(|unit| unit.lines()).unwrap_or_default();
    let what = format!("{user} is called {name:?}, although {} came later", later.first().param("name"));
    Some((what, [lines, later.lines()].concat()))
}

/// When it was first known to be done.
fn done_us(unit: &Unit<'_, '_>) -> Option<u64> {
    unit.attempts.iter().filter(|attempt| attempt.is_done()).map(|attempt| attempt.span.until_us).min()
}

/// Whether the cloud may have taken it, then or later.
fn may_have_acted(unit: &Unit<'_, '_>) -> bool {
    unit.attempts.iter().any(|attempt| may_have_written(attempt))
}

fn may_have_written(attempt: &Attempt<'_>) -> bool {
    attempt.may_have_acted() || attempt.answer().is_some_and(|answer| answer.code() == "im_cloud_unknown")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::story::{Ask, Story, assert_found, assert_sound};
    use crate::history::Loss;

    fn rename(name: &str) -> Ask {
        Ask::new("refresh", "alice", &[("name", name)])
    }

    #[test]
    fn a_name_that_was_never_asked_for_or_was_refused_is_seen() {
        let mut story = Story::sound();
        story.state.users[1].name = "n9".into();
        assert_found(super::check, &story, "bob is called n9, which was never asked for");

        let mut story = Story::sound();
        story.ask(rename("n2"), 3, json!({ "code": "im_cloud_rejected" }));
        assert_sound(super::check, &story);
        story.state.users[0].name = "n2".into();
        assert_found(super::check, &story, "alice is called n2, which was refused");
    }

    #[test]
    fn a_name_that_was_overtaken_is_seen() {
        let mut story = Story::sound();
        story.ask(rename("n2"), 0, json!({ "name": "n2" }));
        assert_found(super::check, &story, "alice is called \"n1\", although n2 came later");
        story.state.users[0].name = "n2".into();
        story.state.cloud_names.insert("alice".into(), "n2".into());
        assert_sound(super::check, &story);
        story.state.users[0].name = String::new();
        assert_found(super::check, &story, "alice is called \"\", although");
    }

    #[test]
    fn a_name_that_was_overtaken_may_come_back_with_a_token_that_was_fetched_late() {
        let mut story = Story::sound();
        story.lose(Ask::new("get_token", "alice", &[]), Loss::HungUp);
        story.ask(rename("n2"), 0, json!({ "name": "n2" }));
        assert_sound(super::check, &story);
    }

    #[test]
    fn a_name_that_the_cloud_may_have_taken_may_come_at_any_time() {
        let mut story = Story::sound();
        story.ask(rename("n2"), 3, json!({ "code": "im_cloud_unknown" }));
        story.ask(rename("n3"), 0, json!({ "name": "n3" }));
        story.state.users[0].name = "n3".into();
        story.state.cloud_names.insert("alice".into(), "n2".into());
        assert_sound(super::check, &story);
    }
}
