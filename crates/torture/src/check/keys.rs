//! A key has one answer: what was remembered is told to every repeat, and nothing else was done under it.

use std::collections::BTreeMap;

use super::{
    trial::{Attempt, Trial},
    violation::Violation,
};
use crate::history::Answer;

const NAME: &str = "a key does one thing";

type Keys<'t, 'a> = BTreeMap<(&'t str, &'t str, &'t str), Vec<&'t Attempt<'a>>>;

pub(super) fn check(trial: &Trial<'_>) -> Vec<Violation> {
    let mut keys = Keys::new();
    for attempt in &trial.attempts {
        if let Some(key) = &attempt.invoke.key {
            let name = (attempt.invoke.user.as_str(), attempt.invoke.method.as_str(), key.as_str());
            keys.entry(name).or_default().push(attempt);
        }
    }
    let mut found = Vec::new();
    for ((user, method, key), attempts) in &keys {
        let status =
            trial.state.requests.iter().find(|row| row.user == *user && row.method == *method && row.key == *key);
        let status = status.and_then(|row| row.status);
        if let Some(what) = wrong(attempts, status) {
            let lines = attempts.iter().flat_map(|attempt| attempt.lines);
            found.push(Violation::new(NAME, format!("{what} (key {key} of {user} for {method})"), lines));
        }
    }
    found
}

/// Whether a repeat must be told the same.
fn is_remembered(method: &str, answer: &Answer) -> bool {
    match (answer.status, answer.code()) {
        (100..=103 | 120 | 121, _) | (4, "database_unavailable") => false,
        // It may have been delivered.
        (3, "im_cloud_unknown") => method == "msg_private_publish",
        (3, code) => !code.starts_with("im_cloud"),
        _ => true,
    }
}

fn wrong(attempts: &[&Attempt<'_>], status: Option<u64>) -> Option<String> {
    let remembered = attempts
        .iter()
        .find(|attempt| attempt.answer().is_some_and(|answer| is_remembered(&attempt.invoke.method, answer)));
    let last = attempts[attempts.len() - 1];
    let Some(remembered) = remembered else {
        return (last.verdict().is_none() && attempts.iter().any(|attempt| attempt.may_have_acted()))
            .then(|| "what became of it was never told".to_owned());
    };
    let told = remembered.answer()?;
    for attempt in attempts {
        let Some(answer) = attempt.verdict() else { continue };
        let is_same_request = attempt.invoke.params == remembered.invoke.params;
        let is_later = attempt.span.from_us >= remembered.span.until_us;
        match (is_same_request, answer.status) {
            (true, 0) if told.status == 0 && answer.data != told.data => {
                return Some(format!("it was done twice: {} and {}", told.data, answer.data));
            }
            (false, 0) if told.status == 0 => return Some("two requests were done under it".to_owned()),
            (true, _) if is_later && (answer.status, answer.code()) != (told.status, told.code()) => {
                return Some(format!(
                    "it was {} {}, and then {} {}",
                    told.status,
                    told.code(),
                    answer.status,
                    answer.code()
                ));
            }
            (false, 101) => {}
            (false, status) if is_later => return Some(format!("another request under it was told {status}")),
            _ => {}
        }
    }
    // It is remembered for a day.
    (status != Some(told.status)).then(|| format!("it was told {}, and {status:?} is remembered", told.status))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::story::{Ask, Story, assert_found, assert_sound};
    use crate::history::Loss;

    fn again(packet: &str) -> serde_json::Value {
        json!({ "transfer_id": packet, "to_user_id": "bob", "coin_id": "CNY", "amount": "0.05" })
    }

    fn same() -> Ask {
        Ask::publish("0.05", "p3").key("publish-p3")
    }

    fn broken(what: &str, change: impl FnOnce(&mut Story)) {
        let mut story = Story::sound();
        change(&mut story);
        assert_found(super::check, &story, what);
    }

    #[test]
    fn repeats_that_are_told_the_same_or_nothing_are_sound() {
        let mut story = Story::sound();
        story.ask(same(), 0, again("open1"));
        story.ask(same(), 121, json!({ "code": "unavailable", "retryable": true }));
        story.ask(same(), 102, json!({ "code": "idempotency_in_progress", "retryable": true }));
        story.lose(same(), Loss::HungUp);
        story.ask(Ask::publish("0.05", "other").key("publish-p3"), 101, json!({ "code": "idempotency_mismatch" }));
        assert_sound(super::check, &story);
    }

    #[test]
    fn a_key_that_did_it_twice_is_seen() {
        broken("it was done twice", |story| story.ask(same(), 0, again("refunded")));
    }

    #[test]
    fn a_key_that_did_two_things_is_seen() {
        broken("two requests were done under it", |story| {
            story.ask(Ask::publish("0.03", "p2").key("publish-p3"), 0, again("refunded"));
        });
    }

    #[test]
    fn a_repeat_that_is_told_another_end_is_seen() {
        broken("it was 0 , and then 7 balance_too_low", |story| {
            story.ask(same(), 7, json!({ "code": "balance_too_low" }));
        });
        broken("it was 7 balance_too_low, and then 3", |story| {
            let ask = || Ask::publish("9", "p9").key("publish-p9");
            story.ask(ask(), 7, json!({ "code": "balance_too_low" }));
            story.ask(ask(), 3, json!({ "code": "im_cloud_busy" }));
        });
    }

    #[test]
    fn another_request_that_is_not_refused_for_its_key_is_seen() {
        broken("another request under it was told 7", |story| {
            story.ask(Ask::publish("9", "other").key("publish-p3"), 7, json!({ "code": "balance_too_low" }));
        });
    }

    #[test]
    fn an_end_that_is_never_told_is_seen() {
        broken("never told", |story| {
            story.ask(
                Ask::publish("9", "p9").key("publish-p9"),
                121,
                json!({ "code": "unavailable", "retryable": true }),
            );
        });
        broken("never told", |story| story.lose(Ask::publish("9", "p9").key("publish-p9"), Loss::Cut));
    }

    #[test]
    fn an_answer_that_was_forgotten_is_seen() {
        broken("None is remembered", |story| story.state.requests.clear());
        broken("Some(7) is remembered", |story| story.state.requests[0].status = Some(7));
    }

    #[test]
    fn a_message_that_may_have_been_sent_is_remembered_and_another_failure_is_not() {
        let mut story = Story::sound();
        let message = || Ask::message("t2").key("message-2");
        story.ask(message(), 3, json!({ "code": "im_cloud_busy", "retryable": true }));
        assert_sound(super::check, &story);
        story.ask(message(), 3, json!({ "code": "im_cloud_unknown" }));
        assert_found(super::check, &story, "None is remembered");
        story.ask(message(), 3, json!({ "code": "im_cloud_rejected" }));
        assert_found(super::check, &story, "it was 3 im_cloud_unknown, and then 3 im_cloud_rejected");
    }
}
