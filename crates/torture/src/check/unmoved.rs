//! What was refused has moved nothing, and what is there was made once, by a request that was told so or never heard.

use super::{
    trial::{Outcome, Trial, Unit},
    violation::Violation,
};

const NAME: &str = "each refusal moved nothing";

pub(super) fn check(trial: &Trial<'_>) -> Vec<Violation> {
    let mut found = packets(trial);
    found.extend(groups(trial).into_iter().chain(joins(trial)).chain(refusals(trial)).chain(rows(trial)));
    found
}

/// Says whether so much may be there of something that can be there once.
fn judge(unit: &Unit<'_, '_>, what: &str, count: usize) -> Option<Violation> {
    let why = match (unit.outcome(), count) {
        (Outcome::Done, 1) | (Outcome::Refused, 0) | (Outcome::Unknown, 0 | 1) => return None,
        (Outcome::Done, 0) => "it was done, and is not there",
        (Outcome::Refused, _) => "it was refused, and is there",
        (Outcome::Done | Outcome::Unknown, _) => "it was done more than once",
    };
    Some(Violation::new(NAME, format!("{what}: {why} ({count} times)"), unit.lines()))
}

fn packets(trial: &Trial<'_>) -> Vec<Violation> {
    let units = trial.units("msg_redpack_publish");
    let judged = units.iter().filter_map(|unit| {
        let mark = unit.first().param("content");
        // Each try that was undone has left a row.
        let rows = trial.state.packets.iter().filter(|row| row.remark == mark && row.state != "cancelled");
        judge(unit, &format!("packet {mark}"), rows.count())
    });
    judged.collect()
}

fn groups(trial: &Trial<'_>) -> Vec<Violation> {
    let units = trial.units("group_create");
    let judged = units.iter().filter_map(|unit| {
        let name = unit.first().param("group_name");
        let rows = trial.state.groups.iter().filter(|row| row.name == name && row.state == "active");
        judge(unit, &format!("group {name}"), rows.count())
    });
    judged.collect()
}

/// A group that is there has its owner, and one that was given up has no members.
fn rows(trial: &Trial<'_>) -> Vec<Violation> {
    let members = |id: &str| trial.state.memberships.iter().any(|row| row.group == id && row.state == "member");
    let wrong = trial.state.groups.iter().filter(|group| match group.state.as_str() {
        "active" => !trial.state.is_member(&group.id, &group.owner),
        _ => members(&group.id),
    });
    wrong.map(|group| Violation::new(NAME, format!("a group has the wrong members: {group:?}"), [])).collect()
}

/// A member joined by some request. The owner never did.
fn joins(trial: &Trial<'_>) -> Vec<Violation> {
    let units = trial.units("group_join");
    let mut found = Vec::new();
    for row in trial.state.memberships.iter().filter(|row| row.state == "member") {
        let is_owner = trial.state.groups.iter().any(|group| group.id == row.group && group.owner == row.user);
        let theirs = units.iter().filter(|unit| {
            let first = unit.first();
            first.invoke.user == row.user && first.param("group_id") == row.group
        });
        let theirs: Vec<_> = theirs.collect();
        if !is_owner && theirs.iter().all(|unit| unit.outcome() == Outcome::Refused) {
            let what = format!("{} is in {}, and every request for it was refused", row.user, row.group);
            found.push(Violation::new(NAME, what, theirs.iter().flat_map(|unit| unit.lines())));
        }
        let done: Vec<_> = theirs.iter().filter(|unit| unit.outcome() == Outcome::Done).collect();
        if done.len() > 1 {
            let what = format!("{} joined {} {} times", row.user, row.group, done.len());
            found.push(Violation::new(NAME, what, done.iter().flat_map(|unit| unit.lines())));
        }
    }
    found
}

/// Whether what a refusal says is so.
fn refusals(trial: &Trial<'_>) -> Vec<Violation> {
    let mut found = Vec::new();
    for attempt in &trial.attempts {
        let Some(answer) = attempt.answer() else { continue };
        let packet = trial.state.packet(attempt.param("transfer_id"));
        let is_in = |state: &str| packet.is_some_and(|packet| packet.state == state);
        let user = &attempt.invoke.user;
        let is_so = match (attempt.invoke.method.as_str(), answer.status, answer.code()) {
            ("msg_redpack_accept", 4, "cancelled") => is_in("cancelled"),
            // By a clock that was ahead, a packet had expired that had not when the clock was right again.
            // Packets expire before the lease of their publisher is over here: one that was never finished is cancelled then.
            ("msg_redpack_accept", 4, "expired") => {
                is_in("refunded") || is_in("cancelled") || trial.had_wrong_clock(attempt.span)
            }
            ("msg_redpack_accept", 4, "packet_not_found") => packet.is_none(),
            ("msg_redpack_accept", 4, "all_taken") => false,
            ("msg_redpack_accept", 5, _) => packet.is_some_and(|packet| packet.receiver != *user),
            ("group_join", 5, _) => trial.state.is_member(attempt.param("group_id"), user),
            _ => true,
        };
        if !is_so {
            found.push(Violation::new(
                NAME,
                format!("{user} was told {}, and {packet:?}", answer.code()),
                attempt.lines,
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::story::{Ask, Story, assert_found, assert_sound};
    use crate::history::{Event, Loss};

    fn busy() -> serde_json::Value {
        json!({ "code": "im_cloud_unknown", "retryable": true })
    }

    fn broken(what: &str, change: impl FnOnce(&mut Story)) {
        let mut story = Story::sound();
        change(&mut story);
        assert_found(super::check, &story, what);
    }

    #[test]
    fn a_packet_or_a_group_that_was_refused_and_is_there_is_seen() {
        broken("packet p3: it was refused, and is there", |story| story.change_answer("publish-p3", 3, &busy()));
        broken("group g1: it was refused, and is there", |story| story.change_answer("group-1", 3, &busy()));
        broken("every request for it was refused", |story| story.change_answer("join-1", 3, &busy()));
    }

    #[test]
    fn a_refusal_after_which_the_same_key_has_done_it_is_sound() {
        let mut story = Story::sound();
        story.change_answer("publish-p3", 3, &busy());
        let data = json!({ "transfer_id": "open1", "to_user_id": "bob", "coin_id": "CNY", "amount": "0.05" });
        story.ask(Ask::publish("0.05", "p3").key("publish-p3"), 0, data);
        assert_sound(super::check, &story);
    }

    #[test]
    fn what_was_begun_by_none_and_is_there_is_seen() {
        let nothing_begun = json!({ "code": "unavailable", "retryable": true });
        for (what, is_sound) in [("p3", false), ("p4", true)] {
            let mut story = Story::sound();
            story.history.retain(
                |line| !matches!(line.event, Event::Invoke(ref ask) if ask.key.as_deref() == Some("publish-p3")),
            );
            story.state.requests.retain(|row| row.key != "publish-p3");
            story.ask(Ask::publish("0.05", what), 121, nothing_begun.clone());
            if is_sound {
                assert_sound(super::check, &story);
            } else {
                assert_found(super::check, &story, "packet p3: it was refused, and is there");
            }
        }
        broken("packet p1: it was refused, and is there", |story| {
            let key = Some("publish-p1");
            story.history.retain(|line| !matches!(line.event, Event::Invoke(ref ask) if ask.key.as_deref() == key));
            story.lose(Ask::publish("0.1", "p1"), Loss::HalfSent);
        });
    }

    #[test]
    fn what_was_lost_may_be_there_once() {
        let mut story = Story::sound();
        story.lose(Ask::publish("1", "p9"), Loss::HungUp);
        assert_sound(super::check, &story);
        let mut twice = story.packet("open1").clone();
        twice.id = "open2".into();
        story.state.packets.push(twice);
        assert_found(super::check, &story, "packet p3: it was done more than once (2 times)");
    }

    #[test]
    fn what_was_done_and_is_not_there_is_seen() {
        broken("packet p3: it was done, and is not there", |story| story.packet("open1").state = "cancelled".into());
    }

    #[test]
    fn a_group_with_the_wrong_members_is_seen() {
        broken("a group has the wrong members", |story| drop(story.state.memberships.remove(0)));
        broken("a group has the wrong members", |story| story.state.groups[0].state = "discarded".into());
    }

    #[test]
    fn a_second_join_of_a_member_is_seen() {
        broken("bob joined group1 2 times", |story| {
            let join = Ask::new("group_join", "bob", &[("group_id", "group1")]);
            story.ask(join, 0, json!({ "group_id": "group1", "member_count": 2 }));
        });
    }

    #[test]
    fn a_refusal_that_is_not_so_is_seen() {
        for (status, code) in
            [(4, "cancelled"), (4, "expired"), (4, "packet_not_found"), (4, "all_taken"), (5, "not_yours")]
        {
            broken(&format!("bob was told {code}"), |story| {
                story.ask(Ask::accept("bob", "open1"), status, json!({ "code": code }));
            });
        }
        broken("carol was told already_member", |story| {
            let join = Ask::new("group_join", "carol", &[("group_id", "group1")]);
            story.ask(join, 5, json!({ "code": "already_member" }));
        });
    }

    #[test]
    fn what_was_expired_before_its_publisher_had_finished_may_be_cancelled() {
        let mut story = Story::sound();
        story.ask(Ask::accept("bob", "refunded"), 4, json!({ "code": "expired" }));
        assert_sound(super::check, &story);
        story.packet("refunded").state = "cancelled".into();
        story.change_answer("publish-p2", 3, &busy());
        assert_sound(super::check, &story);
    }

    #[test]
    fn what_was_expired_by_a_wrong_clock_may_be_open() {
        let mut story = Story::sound();
        story.say(Event::Clock { shift_s: 3600 });
        story.ask(Ask::accept("bob", "open1"), 4, json!({ "code": "expired" }));
        assert_sound(super::check, &story);
    }
}
