//! A packet is claimed once, and only by a request that was told so or never heard.

use std::collections::BTreeMap;

use super::{
    trial::{Outcome, Trial, Unit},
    violation::Violation,
};
use crate::settings::{COINS, decimal};

pub(super) const NAME: &str = "no double claim";

pub(super) fn check(trial: &Trial<'_>) -> Vec<Violation> {
    let units = trial.units("msg_redpack_accept");
    let mut packets: BTreeMap<(&str, &str), Vec<&Unit<'_, '_>>> = BTreeMap::new();
    for unit in &units {
        let first = unit.first();
        packets.entry((first.param("transfer_id"), &first.invoke.user)).or_default().push(unit);
    }
    let mut found = Vec::new();
    for ((packet, user), units) in packets {
        let done: Vec<_> = units.iter().filter(|unit| unit.outcome() == Outcome::Done).collect();
        if done.len() > 1 {
            let what = format!("{user} was told {} times that {packet} was claimed just now", done.len());
            found.push(Violation::new(NAME, what, done.iter().flat_map(|unit| unit.lines())));
        }
        let is_taken = trial.state.packet(packet).is_some_and(|row| row.state == "claimed" && row.taker == user);
        if is_taken && units.iter().all(|unit| unit.outcome() == Outcome::Refused) {
            let what = format!("{user} has {packet}, and every request for it was refused");
            found.push(Violation::new(NAME, what, units.iter().flat_map(|unit| unit.lines())));
        }
    }
    for attempt in units.iter().flat_map(|unit| &unit.attempts) {
        let Some(answer) = attempt.answer() else { continue };
        if !matches!((answer.status, answer.code()), (0, _) | (4, "claimed_by_you")) {
            continue;
        }
        let packet = trial.state.packet(attempt.param("transfer_id"));
        let is_true = packet.is_some_and(|row| {
            let scale = COINS.iter().find(|coin| coin.id == row.coin).map_or(0, |coin| coin.scale);
            row.state == "claimed"
                && row.taker == attempt.invoke.user
                && answer.text("amount") == decimal(row.total, scale)
                && answer.text("from_user_id") == row.sender
        });
        if !is_true {
            let what = format!("{} was told to have a packet, and it is {packet:?}", attempt.invoke.user);
            found.push(Violation::new(NAME, what, attempt.lines));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::story::{Ask, Story, assert_found, assert_sound};

    fn receipt() -> serde_json::Value {
        json!({ "transfer_id": "claimed1", "coin_id": "CNY", "amount": "0.1", "from_user_id": "alice" })
    }

    #[test]
    fn a_repeat_under_the_same_key_may_be_told_the_same() {
        let mut story = Story::sound();
        story.ask(Ask::accept("bob", "claimed1").key("accept-1"), 0, receipt());
        assert_sound(super::check, &story);
    }

    #[test]
    fn two_requests_that_were_told_the_same_claim_are_seen() {
        for ask in [Ask::accept("bob", "claimed1"), Ask::accept("bob", "claimed1").key("another")] {
            let mut story = Story::sound();
            story.ask(ask, 0, receipt());
            assert_found(super::check, &story, "was told 2 times");
        }
    }

    #[test]
    fn a_claim_that_no_request_made_is_seen() {
        let mut story = Story::sound();
        story.change_answer("accept-1", 3, &json!({ "code": "im_cloud_unknown" }));
        assert_found(super::check, &story, "every request for it was refused");
    }

    #[test]
    fn a_claim_that_was_told_and_is_not_there_is_seen() {
        let mut story = Story::sound();
        story.packet("claimed1").state = "cancelled".into();
        assert_found(super::check, &story, "was told to have a packet");

        let mut story = Story::sound();
        let other = json!({ "code": "claimed_by_you", "amount": "7", "from_user_id": "alice" });
        story.ask(Ask::accept("bob", "claimed1"), 4, other);
        assert_found(super::check, &story, "was told to have a packet");
    }
}
