use serde_json::json;

use super::super::story::{Ask, Story, assert_found, assert_sound};
use crate::{
    history::{Call, Event, Loss},
    state::Delivery,
};

fn broken(what: &str, change: impl FnOnce(&mut Story)) {
    let mut story = Story::sound();
    change(&mut story);
    assert_found(super::check, &story, what);
}

/// Drops the calls of an event, as if they had never come.
fn drop_calls(story: &mut Story, id: &str) {
    story.history.retain(|line| !matches!(&line.event, Event::Call(call) if call.id == id));
}

fn change_call(story: &mut Story, id: &str, change: impl Fn(&mut Call)) {
    for line in &mut story.history {
        if let Event::Call(call) = &mut line.event
            && call.id == id
        {
            change(call);
        }
    }
}

fn row<'story>(story: &'story mut Story, id: &str) -> &'story mut Delivery {
    story.state.deliveries.iter_mut().find(|row| row.id == id).expect("there is such a delivery")
}

/// Has a delivery fail, so often by now.
fn fail(story: &mut Story, id: &str, attempts: u64) {
    change_call(story, id, |call| call.is_taken = false);
    let row = row(story, id);
    (row.state, row.attempts) = ("waiting".into(), attempts);
}

/// Adds what both endpoints are told of one thing.
fn tell(story: &mut Story, id: &str, kind: &str, data: &serde_json::Value) {
    for endpoint in ["steady", "flaky"] {
        story.tell(endpoint, &format!("{endpoint}-{id}"), kind, data);
    }
}

#[test]
fn a_call_may_come_twice_and_fail_before() {
    let mut story = Story::sound();
    let again = story.history.iter().find(|line| matches!(line.event, Event::Call(_))).cloned();
    let mut again = again.expect("there was a call");
    story.history.push(again.clone());
    let Event::Call(call) = &mut again.event else { panic!("it is no call") };
    call.is_taken = false;
    story.history.push(again);
    assert_sound(super::check, &story);
}

#[test]
fn a_trial_without_endpoints_is_seen() {
    broken("no endpoint was ever told", |story| {
        story.history.retain(|line| !matches!(line.event, Event::Endpoints { .. }));
    });
}

#[test]
fn what_never_arrived_is_seen_at_each_endpoint() {
    for endpoint in ["steady", "flaky"] {
        for (id, what) in [
            ("p-claimed1", "red_packet.published of claimed1"),
            ("c-claimed1", "red_packet.claimed of claimed1"),
            ("r-refunded", "red_packet.refunded of refunded"),
            ("group1", "group.created of group1"),
            ("join1", "group.joined of group1 and bob"),
            ("friend1", "friend.added of alice and bob"),
        ] {
            let id = format!("{endpoint}-{id}");
            let missing = format!("{what} happened 1 to 1 times, and at the {endpoint} endpoint it was taken 0 times");
            broken(&missing, |story| drop_calls(story, &id));
            broken(&missing, |story| change_call(story, &id, |call| call.is_taken = false));
            // Nor was it ever meant to be told.
            broken(&missing, |story| {
                drop_calls(story, &id);
                story.state.deliveries.retain(|row| row.id != id);
            });
        }
    }
}

#[test]
fn a_packet_that_was_cancelled_is_told_as_that_and_not_as_published() {
    let mut story = Story::sound();
    story.packet("open1").state = "cancelled".into();
    let data = json!({
        "transfer_id": "open1", "from_user_id": "alice", "to_user_id": "bob", "coin_id": "CNY", "amount": "0.05",
    });
    assert_found(super::check, &story, "red_packet.cancelled of open1 happened 1 to 1 times");
    tell(&mut story, "x-open1", "red_packet.cancelled", &data);
    assert_found(super::check, &story, "steady-p-open1 told of what did not happen");
    for endpoint in ["steady", "flaky"] {
        drop_calls(&mut story, &format!("{endpoint}-p-open1"));
        story.state.deliveries.retain(|row| row.id != format!("{endpoint}-p-open1"));
    }
    assert_sound(super::check, &story);
}

#[test]
fn a_delivery_that_is_tried_later_is_waited_for_and_no_other() {
    let mut story = Story::sound();
    fail(&mut story, "flaky-c-claimed1", 3);
    assert_sound(super::check, &story);
    row(&mut story, "flaky-c-claimed1").state = "sending".into();
    assert_sound(super::check, &story);

    row(&mut story, "flaky-c-claimed1").is_late = true;
    assert_found(super::check, &story, "flaky endpoint should be delivered by now: sending after 3 tries");
    broken("flaky endpoint should be delivered by now: waiting after 2 tries", |story| {
        fail(story, "flaky-c-claimed1", 2);
    });
    broken("steady endpoint should be delivered by now: parked after 77 tries", |story| {
        fail(story, "steady-c-claimed1", 77);
        row(story, "steady-c-claimed1").state = "parked".into();
    });
    broken("red_packet.published of claimed1", |story| {
        fail(story, "flaky-c-claimed1", 3);
        drop_calls(story, "flaky-p-claimed1");
    });
}

#[test]
fn a_delivery_that_is_said_to_be_taken_and_was_not_is_seen() {
    broken("red_packet.claimed steady-c-claimed1 to the steady endpoint was never taken: delivered", |story| {
        drop_calls(story, "steady-c-claimed1");
    });
}

#[test]
fn what_did_not_happen_is_seen() {
    broken("never1 told of what did not happen", |story| {
        let data = json!({ "group_id": "group1", "user_id": "carol" });
        story.tell("steady", "never1", "group.joined", &data);
    });
    broken("never1 told of what did not happen", |story| {
        story.tell("steady", "never1", "user.disabled", &json!({ "user_id": "alice" }));
    });
    broken("steady-friend1 told of what did not happen", |story| {
        change_call(story, "steady-friend1", |call| call.body = "nothing".into());
    });
    broken("steady-r-refunded told of what did not happen", |story| story.packet("refunded").state = "open".into());
}

#[test]
fn what_happened_otherwise_is_seen() {
    for (id, text, other) in [
        ("steady-c-claimed1", r#""amount":"0.1""#, r#""amount":"0.10""#),
        ("steady-c-claimed1", r#""to_user_id":"bob""#, r#""to_user_id":"carol""#),
        ("steady-c-claimed1", "claimed_at", "at"),
        ("steady-p-claimed1", "expires_at", "at"),
        ("flaky-group1", r#""group_name":"g1""#, r#""group_name":"g2""#),
    ] {
        broken(&format!("{id} told of what happened otherwise"), |story| {
            change_call(story, id, |call| {
                assert!(call.body.contains(text), "{}", call.body);
                call.body = call.body.replace(text, other);
            });
        });
    }
}

#[test]
fn one_thing_under_two_ids_is_seen() {
    broken("at the steady endpoint it was told under 2 ids", |story| {
        story.tell("steady", "again1", "group.joined", &json!({ "group_id": "group1", "user_id": "bob" }));
    });
}

#[test]
fn an_id_that_comes_with_another_body_or_to_another_endpoint_is_seen() {
    broken("steady-join1 came with another body", |story| {
        let call = story
            .history
            .iter()
            .rev()
            .find(|line| matches!(&line.event, Event::Call(call) if call.id == "steady-join1"));
        let mut again = call.cloned().expect("it was told");
        let Event::Call(call) = &mut again.event else { panic!("it is no call") };
        call.body.push(' ');
        story.history.push(again);
    });
    broken("steady-join1 is no delivery to the flaky endpoint", |story| {
        change_call(story, "steady-join1", |call| call.endpoint = "flaky".into());
    });
}

#[test]
fn a_wrong_signature_is_seen() {
    broken("flaky-join1 is not signed by its secret", |story| {
        change_call(story, "flaky-join1", |call| call.is_signed = false);
    });
}

#[test]
fn friends_are_told_of_as_often_as_they_were_added_and_removed() {
    let step = |user, friend| json!({ "user_id": user, "friend_id": friend });
    let mut story = Story::sound();
    story.ask(Ask::new("friend_delete", "bob", &[("user_id", "alice")]), 0, json!({}));
    assert_found(super::check, &story, "friend.removed of bob and alice happened 1 to 1 times");
    tell(&mut story, "removed1", "friend.removed", &step("bob", "alice"));
    assert_found(super::check, &story, "told that alice and bob were added 1 times and removed 1 times");
    story.lose(Ask::new("friend_add", "alice", &[("user_id", "bob")]), Loss::HungUp);
    tell(&mut story, "friend2", "friend.added", &step("alice", "bob"));
    assert_sound(super::check, &story);
}
