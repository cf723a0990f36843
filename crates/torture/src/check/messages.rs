//! A user's own message is delivered once, or not at all.

use super::{
    trial::{Outcome, Trial, Unit},
    violation::Violation,
};
use crate::state::Message;

const NAME: &str = "each message once";

pub(super) fn check(trial: &Trial<'_>) -> Vec<Violation> {
    let units = trial.units("msg_private_publish");
    let judged = units.iter().filter_map(|unit| {
        let first = unit.first();
        let inbox = trial.state.inboxes.get(first.param("toUserId")).map_or(&[][..], Vec::as_slice);
        let content = first.param("content");
        let copies: Vec<_> =
            inbox.iter().filter(|one| one.content == content && one.from == first.invoke.user).collect();
        let what = wrong(unit, &copies)?;
        Some(Violation::new(NAME, format!("{content} to {}: {what}", first.param("toUserId")), unit.lines()))
    });
    judged.collect()
}

fn wrong(unit: &Unit<'_, '_>, copies: &[&Message]) -> Option<String> {
    let told =
        |code: &str| unit.attempts.iter().filter_map(|attempt| attempt.answer()).any(|answer| answer.code() == code);
    match (unit.outcome(), copies) {
        (_, [_, _, ..]) => Some(format!("it was delivered {} times", copies.len())),
        (Outcome::Done, []) => Some("it was done, and was never delivered".to_owned()),
        (Outcome::Done, [copy]) => {
            let mut uids = unit
                .attempts
                .iter()
                .filter(|one| one.is_done())
                .filter_map(|one| one.answer()?.data["message_uid"].as_str());
            uids.find(|uid| *uid != copy.uid).map(|uid| format!("it was done as {uid}, and is {}", copy.uid))
        }
        // What the cloud left open may have been delivered.
        (Outcome::Refused, [_]) if !told("im_cloud_unknown") => Some("it was refused, and was delivered".to_owned()),
        (Outcome::Refused | Outcome::Unknown, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::story::{Ask, Story, assert_found, assert_sound};

    fn broken(what: &str, change: impl FnOnce(&mut Story)) {
        let mut story = Story::sound();
        change(&mut story);
        assert_found(super::check, &story, what);
    }

    #[test]
    fn a_message_that_came_twice_or_never_or_as_another_is_seen() {
        broken("it was delivered 2 times", |story| {
            let inbox = story.state.inboxes.get_mut("bob").unwrap();
            inbox.push(inbox[3].clone());
        });
        broken("it was done, and was never delivered", |story| drop(story.state.inboxes.get_mut("bob").unwrap().pop()));
        broken("it was done as U-1, and is U-2", |story| {
            story.state.inboxes.get_mut("bob").unwrap()[3].uid = "U-2".into();
        });
    }

    #[test]
    fn a_message_that_was_refused_and_came_is_seen() {
        broken("it was refused, and was delivered", |story| {
            story.change_answer("message-1", 3, &json!({ "code": "im_cloud_rejected" }));
        });
    }

    #[test]
    fn a_message_whose_end_the_cloud_left_open_may_have_come_or_not() {
        for mark in ["t1", "t2"] {
            let mut story = Story::sound();
            story.change_answer("message-1", 3, &json!({ "code": "im_cloud_unknown" }));
            story.state.requests[6].status = Some(3);
            story.ask(Ask::message(mark).key(&format!("again-{mark}")), 3, json!({ "code": "im_cloud_busy" }));
            if mark == "t1" {
                assert_found(super::check, &story, "it was refused, and was delivered");
            } else {
                assert_sound(super::check, &story);
            }
        }
    }
}
