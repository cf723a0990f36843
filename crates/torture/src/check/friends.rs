//! A friendship is of two, and each answer about it was one step to where it stands in the end.

use std::collections::BTreeMap;

use super::{
    trial::{Outcome, Trial, Unit},
    violation::Violation,
};

const NAME: &str = "each friendship";

/// How often a pair was brought together and apart: for certain, and perhaps.
#[derive(Default)]
struct Steps {
    added: [i64; 2],
    deleted: [i64; 2],
    lines: Vec<usize>,
}

pub(super) fn check(trial: &Trial<'_>) -> Vec<Violation> {
    let mut found = Vec::new();
    for (one, other) in &trial.state.friendships {
        if !trial.state.are_friends(other, one) {
            found.push(Violation::new(NAME, format!("{one} is a friend of {other} in one direction"), []));
        }
    }
    let mut pairs: BTreeMap<[&str; 2], Steps> = BTreeMap::new();
    let (adds, deletes) = (trial.units("friend_add"), trial.units("friend_delete"));
    for unit in &adds {
        count(unit, &mut pairs, |steps| &mut steps.added);
    }
    for unit in &deletes {
        count(unit, &mut pairs, |steps| &mut steps.deleted);
    }
    for ([one, other], Steps { added, deleted, lines }) in pairs {
        let are_friends = i64::from(trial.state.are_friends(one, other));
        // Both take turns, and an addition comes first.
        let least = added[0] - deleted[0] - deleted[1];
        let most = added[0] + added[1] - deleted[0];
        if !(least..=most).contains(&are_friends) {
            let what = format!(
                "{one} and {other} were added {added:?} and deleted {deleted:?} times (for certain, perhaps), and are friends: {are_friends}"
            );
            found.push(Violation::new(NAME, what, lines));
        }
    }
    found
}

fn count<'t>(
    unit: &Unit<'_, 't>,
    pairs: &mut BTreeMap<[&'t str; 2], Steps>,
    side: impl Fn(&mut Steps) -> &mut [i64; 2],
) {
    let first = unit.first();
    let mut pair = [first.invoke.user.as_str(), first.param("user_id")];
    pair.sort_unstable();
    let steps = pairs.entry(pair).or_default();
    steps.lines.extend(unit.lines());
    match unit.outcome() {
        Outcome::Done => side(steps)[0] += 1,
        Outcome::Unknown => side(steps)[1] += 1,
        Outcome::Refused => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::story::{Ask, Story, assert_found, assert_sound};
    use crate::history::Loss;

    fn add() -> Ask {
        Ask::new("friend_add", "bob", &[("user_id", "alice")])
    }

    fn delete() -> Ask {
        Ask::new("friend_delete", "alice", &[("user_id", "bob")])
    }

    #[test]
    fn additions_and_deletions_that_take_turns_are_sound() {
        let mut story = Story::sound();
        story.ask(add(), 4, json!({ "code": "already_friends" }));
        story.ask(delete(), 0, json!({}));
        story.ask(delete(), 3, json!({ "code": "not_a_friend" }));
        story.ask(add(), 0, json!({}));
        assert_sound(super::check, &story);
        story.lose(delete(), Loss::HungUp);
        assert_sound(super::check, &story);
    }

    #[test]
    fn one_direction_is_seen() {
        let mut story = Story::sound();
        story.state.friendships.pop();
        assert_found(super::check, &story, "in one direction");
    }

    #[test]
    fn a_step_that_was_told_and_is_not_there_or_was_made_twice_is_seen() {
        let mut story = Story::sound();
        story.state.friendships.clear();
        assert_found(super::check, &story, "are friends: 0");

        let mut story = Story::sound();
        story.ask(delete(), 0, json!({}));
        assert_found(super::check, &story, "are friends: 1");

        let mut story = Story::sound();
        story.ask(add(), 0, json!({}));
        assert_found(super::check, &story, "were added [2, 0]");
    }
}
