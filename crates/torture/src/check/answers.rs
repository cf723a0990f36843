//! Each request is answered in time, with what the contract knows, by every server that lives.

use super::{
    trial::{Attempt, End, Trial},
    violation::Violation,
};
use crate::{
    history::{Answer, Event, Loss},
    settings::DEADLINE,
};

const NAME: &str = "each answer is one of the contract";

/// What a busy machine may add to the deadline.
const SLACK_US: u64 = 8_000_000;

pub(super) fn check(trial: &Trial<'_>) -> Vec<Violation> {
    let wrong = trial.attempts.iter().filter_map(|attempt| {
        let what = wrong(trial, attempt)?;
        Some(Violation::new(NAME, what, attempt.lines))
    });
    let alarms = trial.history.iter().enumerate().filter_map(|(index, line)| {
        let Event::Alarm { server, line } = &line.event else { return None };
        Some(Violation::new(NAME, format!("server {server}: {line}"), [index]))
    });
    wrong.chain(alarms).collect()
}

fn wrong(trial: &Trial<'_>, attempt: &Attempt<'_>) -> Option<String> {
    let was_down = trial.was_down(attempt.invoke.server, attempt.span);
    match attempt.end {
        End::Lost(Loss::HungUp | Loss::HalfSent) => None,
        End::Lost(Loss::Cut | Loss::Silence) | End::Never => {
            (!was_down).then(|| "a server that lives gave no answer".to_owned())
        }
        End::Answer(answer) => {
            let took_us = attempt.span.until_us - attempt.span.from_us;
            let limit_us = u64::try_from(DEADLINE.as_micros()).unwrap_or(u64::MAX).saturating_add(SLACK_US);
            if took_us > limit_us && !was_down {
                return Some(format!("it was answered after {} ms", took_us / 1_000));
            }
            if !is_well_formed(answer) {
                return Some(format!("{} is not sent with HTTP {} so", answer.status, answer.http));
            }
            let is_due = match attempt.invoke.wrong {
                Some(wrong) => [wrong, 3, 103, 121].contains(&answer.status),
                None => is_expected(attempt, answer),
            };
            (!is_due).then(|| format!("nothing is in its way, and it was told {} {}", answer.status, answer.code()))
        }
    }
}

fn is_well_formed(answer: &Answer) -> bool {
    match (answer.status, answer.http) {
        (0..=7 | 110 | 111, 200) | (101, 422) | (100, 400) => true,
        (102, 409) | (103, 429) | (121, 503) => answer.retry_after,
        _ => false,
    }
}

/// Whether something that there is no objection to may be answered so.
fn is_expected(attempt: &Attempt<'_>, answer: &Answer) -> bool {
    let has_key = attempt.invoke.key.is_some();
    match (answer.status, answer.code()) {
        (103 | 121, _) => true,
        (101 | 102, _) => has_key,
        (status, code) => match attempt.invoke.method.as_str() {
            "msg_redpack_publish" => matches!(status, 0 | 3 | 7),
            "msg_redpack_accept" => status == 0 || status == 3 || (status == 4 && code != "packet_not_found"),
            "group_create" => matches!((status, code), (0 | 3, _) | (4, "database_unavailable")),
            "group_join" => matches!(status, 0 | 3 | 5),
            "friend_add" => matches!(status, 0 | 4),
            "friend_delete" | "msg_private_publish" | "refresh" | "get_token" | "user_info" => matches!(status, 0 | 3),
            "friend_list" => matches!(status, 0 | 1),
            _ => status == 0,
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::story::{Ask, Story, answer, assert_found, assert_sound};
    use crate::history::{Event, Loss};

    fn list() -> Ask {
        Ask::new("asset_list", "alice", &[])
    }

    #[test]
    fn an_answer_that_must_not_be_is_seen() {
        for (status, what) in [(120, "120 is not sent"), (2, "told 2"), (1, "told 1"), (4, "told 4"), (102, "told 102")]
        {
            let mut story = Story::sound();
            story.ask(list(), status, json!({ "code": "some" }));
            assert_found(super::check, &story, what);
        }
        let mut story = Story::sound();
        story.ask(list().wrong(5), 0, json!([]));
        assert_found(super::check, &story, "told 0");
    }

    #[test]
    fn an_answer_in_another_form_is_seen() {
        let mut story = Story::sound();
        let op = story.invoke(list());
        let answer = crate::history::Answer { retry_after: false, ..answer(121, json!({ "code": "unavailable" })) };
        story.say(Event::Return { op, attempt: 1, answer });
        assert_found(super::check, &story, "121 is not sent with HTTP 503 so");
    }

    #[test]
    fn a_server_that_lives_and_does_not_answer_is_seen() {
        let mut story = Story::sound();
        story.lose(list(), Loss::Cut);
        assert_found(super::check, &story, "a server that lives gave no answer");

        let mut story = Story::sound();
        story.say(Event::Down { server: 0 });
        story.lose(list(), Loss::Cut);
        story.say(Event::Up { server: 0 });
        assert_sound(super::check, &story);
        story.lose(list(), Loss::Silence);
        assert_found(super::check, &story, "a server that lives gave no answer");

        let mut story = Story::sound();
        story.invoke(list());
        assert_found(super::check, &story, "a server that lives gave no answer");
    }

    #[test]
    fn an_answer_that_comes_late_is_seen() {
        let mut story = Story::sound();
        let op = story.invoke(list());
        for _ in 0..13 {
            story.say(Event::Quiet);
        }
        story.say(Event::Return { op, attempt: 1, answer: answer(0, json!([])) });
        assert_found(super::check, &story, "it was answered after 14000 ms");
    }

    #[test]
    fn a_server_that_panics_is_seen() {
        let mut story = Story::sound();
        story.say(Event::Alarm { server: "1".into(), line: "thread 'main' panicked".into() });
        assert_found(super::check, &story, "server 1: thread 'main' panicked");
    }
}
