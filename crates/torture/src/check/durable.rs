//! What was answered with 0 is there, and stays.

use super::{
    trial::{Attempt, Trial},
    violation::Violation,
};
use crate::settings::{COINS, decimal};

pub(super) const NAME: &str = "each 0 is durable";

pub(super) fn check(trial: &Trial<'_>) -> Vec<Violation> {
    let done = trial.attempts.iter().filter(|attempt| attempt.is_done());
    done.filter_map(|attempt| {
        let what = missing(trial, attempt)?;
        Some(Violation::new(NAME, format!("{what}, which {} was told", attempt.invoke.user), attempt.lines))
    })
    .collect()
}

/// Says what is not there of what was acknowledged. Claims, messages, profiles and friendships have files of their own.
fn missing(trial: &Trial<'_>, attempt: &Attempt<'_>) -> Option<String> {
    let answer = attempt.answer()?;
    let user = attempt.invoke.user.as_str();
    match attempt.invoke.method.as_str() {
        "msg_redpack_publish" => {
            let id = answer.text("transfer_id");
            let row = trial.state.packet(id);
            let is_it = row.is_some_and(|row| {
                let scale = COINS.iter().find(|coin| coin.id == row.coin).map_or(0, |coin| coin.scale);
                row.sender == user
                    && row.receiver == attempt.param("toUserId")
                    && row.coin == attempt.param("coin_id")
                    && decimal(row.total, scale) == attempt.param("amount")
                    && row.remark == attempt.param("content")
                    && row.state != "cancelled"
            });
            (!is_it).then(|| format!("{id} is no such packet: {row:?}"))
        }
        "msg_redpack_detail" => {
            let (id, shown) = (answer.text("transfer_id"), answer.text("state"));
            let is_final = matches!(shown, "claimed" | "refunded" | "cancelled");
            let is_so = trial.state.packet(id).is_some_and(|row| !is_final || row.state == shown);
            (!is_so).then(|| format!("{id} is not {shown} any more"))
        }
        "group_create" => {
            let (id, name) = (answer.text("group_id"), attempt.param("group_name"));
            let mut rows = trial.state.groups.iter();
            let is_it = rows.any(|row| row.id == id && row.name == name && row.owner == user && row.state == "active");
            (!is_it || !trial.state.is_member(id, user)).then(|| format!("{id} is no such group"))
        }
        "group_join" => {
            let id = attempt.param("group_id");
            (!trial.state.is_member(id, user)).then(|| format!("there is no membership in {id}"))
        }
        "get_token" => (!trial.state.tokens.iter().any(|owner| owner == user)).then(|| "no token is kept".to_owned()),
        _ => None,
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
    fn a_packet_that_was_acknowledged_and_is_not_there_is_seen() {
        broken("refunded is no such packet", |story| story.state.packets.retain(|packet| packet.id != "refunded"));
        broken("open1 is no such packet", |story| story.packet("open1").state = "cancelled".into());
        broken("open1 is no such packet", |story| story.packet("open1").total = 6);
        broken("open1 is no such packet", |story| story.packet("open1").receiver = "carol".into());
    }

    #[test]
    fn an_end_that_was_shown_and_does_not_stay_is_seen() {
        let mut story = Story::sound();
        let show = || Ask::new("msg_redpack_detail", "alice", &[("transfer_id", "open1")]);
        story.ask(show(), 0, json!({ "transfer_id": "open1", "state": "expired" }));
        assert_sound(super::check, &story);
        story.ask(show(), 0, json!({ "transfer_id": "open1", "state": "refunded" }));
        assert_found(super::check, &story, "open1 is not refunded any more");
    }

    #[test]
    fn a_group_a_membership_and_a_token_that_are_not_there_are_seen() {
        broken("group1 is no such group", |story| story.state.groups[0].state = "discarded".into());
        broken("group1 is no such group", |story| story.state.groups[0].owner = "bob".into());
        broken("no membership in group1", |story| story.state.memberships[1].state = "gone".into());
        broken("no token is kept", |story| story.state.tokens.clear());
    }
}
