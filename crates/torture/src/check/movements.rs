//! Money comes in and goes out once for each reference, and as was told.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    trial::{Span, Trial},
    violation::Violation,
};
use crate::{
    history::{Event, Loss, Move, Movement, Told},
    settings::DEADLINE,
    state,
};

pub(super) const NAME: &str = "each reference moves once";

/// What a busy machine may add to the deadline.
const SLACK_US: u64 = 8_000_000;

/// One attempt at a movement.
struct Attempt<'a> {
    asked: &'a Move,
    /// `None`: the history ends before.
    told: Option<&'a Told>,
    span: Span,
    lines: [usize; 2],
}

impl Attempt<'_> {
    /// Whether it may have moved something, whatever it was told.
    fn may_have_acted(&self) -> bool {
        match self.told {
            None | Some(Told::Done { .. } | Told::Open | Told::Killed | Told::Odd { .. }) => true,
            Some(Told::Lost(why)) => *why != Loss::HalfSent,
            Some(Told::Refused { .. }) => false,
        }
    }

    fn is_done(&self) -> bool {
        matches!(self.told, Some(Told::Done { .. }))
    }

    fn is_of(&self, row: &state::Movement) -> bool {
        let Movement { direction, user, coin, minor } = &self.asked.movement;
        (direction, user, coin, minor) == (&row.direction, &row.user, &row.coin, &row.amount.to_string())
    }
}

pub(super) fn check(trial: &Trial<'_>) -> Vec<Violation> {
    let all = attempts(trial);
    let mut rows: BTreeMap<&str, Vec<&state::Movement>> = BTreeMap::new();
    for row in &trial.state.movements {
        rows.entry(&row.reference).or_default().push(row);
    }
    let mut found = Vec::new();
    let references: BTreeSet<_> = all.keys().chain(rows.keys()).copied().collect();
    for reference in references {
        let (attempts, rows) = (all.get(reference).map_or(&[][..], Vec::as_slice), rows.get(reference));
        let rows = rows.map_or(&[][..], Vec::as_slice);
        let wrong =
            journal(trial, reference, rows).into_iter().chain(told(attempts, rows)).chain(answers(trial, attempts));
        found.extend(wrong.map(|(what, lines)| Violation::new(NAME, format!("{reference}: {what}"), lines)));
    }
    found
}

type Wrong = (String, Vec<usize>);

/// A movement has one row, and one posting of the same amount.
fn journal(trial: &Trial<'_>, reference: &str, rows: &[&state::Movement]) -> Vec<Wrong> {
    let sign = |row: &state::Movement| if row.direction == "in" { -row.amount } else { row.amount };
    let written: Vec<_> = rows.iter().map(|row| sign(row)).collect();
    let postings = trial.state.postings.iter().filter(|row| row.holder == "movement" && row.owner == reference);
    let posted: Vec<_> = postings.map(|row| row.amount).collect();
    let mut found = Vec::new();
    if rows.len() > 1 || posted.len() > 1 {
        found.push((format!("it was moved {} times", rows.len().max(posted.len())), Vec::new()));
    }
    if written != posted {
        found.push((format!("{posted:?} was posted for {written:?}"), Vec::new()));
    }
    found
}

/// What was told of a reference is so.
fn told(attempts: &[Attempt<'_>], rows: &[&state::Movement]) -> Vec<Wrong> {
    let mut found = Vec::new();
    let mut add = |what: &str, attempts: Vec<&Attempt<'_>>| {
        found.push((what.to_owned(), attempts.iter().flat_map(|attempt| attempt.lines).collect()));
    };
    let is_there = |attempt: &Attempt<'_>| rows.iter().any(|row| attempt.is_of(row));
    let fresh: Vec<_> =
        attempts.iter().filter(|attempt| attempt.told == Some(&Told::Done { repeated: false })).collect();
    if fresh.len() > 1 {
        add("it was told to be done more than once", fresh);
    }
    if rows.iter().any(|row| !attempts.iter().any(|attempt| attempt.is_of(row) && attempt.may_have_acted())) {
        add("it is there, and all who asked for it were refused", attempts.iter().collect());
    }
    for attempt in attempts {
        let others = || attempts.iter().filter(move |other| !std::ptr::eq(*other, attempt));
        match attempt.told {
            Some(Told::Done { .. }) if !is_there(attempt) => {
                add("it was told to be done, and is not there", vec![attempt]);
            }
            Some(Told::Done { repeated: true })
                if !others().any(|other| {
                    other.may_have_acted()
                        && other.asked.movement == attempt.asked.movement
                        && other.span.from_us <= attempt.span.until_us
                }) =>
            {
                add("it was told to be a repeat, and is none", vec![attempt]);
            }
            Some(Told::Refused { code }) if code == "reference_used" => {
                if rows.is_empty() || is_there(attempt) {
                    add("its reference was told to be another's, and is not", vec![attempt]);
                }
            }
            Some(Told::Refused { .. }) => {
                let before = others().filter(|other| other.is_done() && other.span.until_us <= attempt.span.from_us);
                let before: Vec<_> = before.collect();
                if !before.is_empty() {
                    add("it was done, and then refused", before.into_iter().chain([attempt]).collect());
                }
            }
            Some(Told::Done { .. } | Told::Open | Told::Lost(_) | Told::Killed | Told::Odd { .. }) | None => {}
        }
    }
    found.extend(unknown(attempts));
    found
}

/// Each is asked about until it is done or refused.
fn unknown(attempts: &[Attempt<'_>]) -> Vec<Wrong> {
    let mut ops: BTreeMap<u64, Vec<&Attempt<'_>>> = BTreeMap::new();
    for attempt in attempts {
        ops.entry(attempt.asked.op).or_default().push(attempt);
    }
    let open = ops.into_values().filter(|attempts| {
        let is_known = |attempt: &&&Attempt<'_>| matches!(attempt.told, Some(Told::Done { .. } | Told::Refused { .. }));
        let known_us = attempts.iter().filter(is_known).map(|attempt| attempt.span.from_us).max();
        let mut open = attempts.iter().filter(|attempt| attempt.may_have_acted() && !attempt.is_done());
        open.any(|attempt| known_us.is_none_or(|known| known < attempt.span.from_us))
    });
    open.map(|attempts| {
        let lines = attempts.iter().flat_map(|attempt| attempt.lines).collect();
        ("what became of it was never told".to_owned(), lines)
    })
    .collect()
}

/// Each is answered in time, with what the contract knows, by every server that lives.
fn answers(trial: &Trial<'_>, attempts: &[Attempt<'_>]) -> Vec<Wrong> {
    let wrong = attempts.iter().filter_map(|attempt| {
        let was_down = attempt.asked.server.is_some_and(|server| trial.was_down(server, attempt.span));
        let limit_us = u64::try_from(DEADLINE.as_micros()).unwrap_or(u64::MAX).saturating_add(SLACK_US);
        let is_late = attempt.asked.server.is_some() && attempt.span.until_us - attempt.span.from_us > limit_us;
        let direction = attempt.asked.movement.direction.as_str();
        let what = match attempt.told {
            Some(Told::Odd { what }) => Some(what.clone()),
            None | Some(Told::Lost(Loss::Cut | Loss::Silence)) if !was_down => {
                Some("a server that lives gave no answer".to_owned())
            }
            Some(Told::Refused { code }) => match code.as_str() {
                "reference_used" => None,
                "balance_too_low" if direction == "out" => None,
                code => Some(format!("nothing is in its way, and it was told {code}")),
            },
            _ if is_late && !was_down => Some("it was answered too late".to_owned()),
            None | Some(Told::Done { .. } | Told::Open | Told::Lost(_) | Told::Killed) => None,
        };
        Some((what?, attempt.lines.to_vec()))
    });
    wrong.collect()
}

fn attempts<'a>(trial: &Trial<'a>) -> BTreeMap<&'a str, Vec<Attempt<'a>>> {
    let mut all: BTreeMap<&str, Vec<Attempt<'a>>> = BTreeMap::new();
    let mut places = BTreeMap::new();
    for (index, line) in trial.history.iter().enumerate() {
        if let Event::Move(asked) = &line.event {
            let span = Span { from_us: line.at_us, until_us: u64::MAX };
            let attempts = all.entry(&asked.reference).or_default();
            places.insert((asked.op, asked.attempt), (asked.reference.as_str(), attempts.len()));
            attempts.push(Attempt { asked, told: None, span, lines: [index; 2] });
        } else if let Event::Moved { op, attempt, told } = &line.event
            && let Some((reference, place)) = places.get(&(*op, *attempt))
            && let Some(attempt) = all.get_mut(reference).and_then(|attempts| attempts.get_mut(*place))
        {
            attempt.told = Some(told);
            attempt.span.until_us = line.at_us;
            attempt.lines[1] = index;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::story::{Story, assert_found, assert_sound};
    use crate::history::{Event, Loss, Told};

    const DONE: Told = Told::Done { repeated: false };
    const REPEATED: Told = Told::Done { repeated: true };

    fn refused(code: &str) -> Told {
        Told::Refused { code: code.to_owned() }
    }

    /// A sound story in which alice has taken out 5.
    fn withdrawn() -> Story {
        let mut story = Story::sound();
        story.move_money("out", "alice", 5, "out-1", DONE);
        story.withdraw("alice", 5, "out-1");
        story
    }

    fn broken(what: &str, change: impl FnOnce(&mut Story)) {
        let mut story = withdrawn();
        change(&mut story);
        assert_found(super::check, &story, what);
    }

    #[test]
    fn movements_that_are_told_as_they_are_are_sound() {
        let mut story = withdrawn();
        story.move_money("out", "alice", 5, "out-1", REPEATED);
        story.move_money("in", "bob", 7, "out-1", refused("reference_used"));
        story.move_money("out", "bob", 7_000, "out-2", refused("balance_too_low"));
        story.move_money("out", "bob", 7, "out-3", Told::Open);
        for open in [Told::Killed, Told::Lost(Loss::HungUp)] {
            story.ask_again_about_the_last("out", "bob", 7, "out-3", open);
        }
        story.ask_again_about_the_last("out", "bob", 7, "out-3", refused("balance_too_low"));
        story.move_money("in", "bob", 7, "in-4", Told::Lost(Loss::HalfSent));
        assert_sound(super::check, &story);
        assert_sound(super::super::conservation::check, &story);
    }

    #[test]
    fn a_reference_that_moved_twice_is_seen() {
        broken("out-1: it was moved 2 times", |story| {
            let again = story.state.movements.last().unwrap().clone();
            story.state.movements.push(again);
        });
        broken("out-1: it was moved 2 times", |story| {
            let again = story.posting("movement", "out-1", 1).clone();
            story.state.postings.push(again);
        });
        broken("out-1: it was told to be done more than once", |story| {
            story.move_money("out", "alice", 5, "out-1", DONE);
        });
    }

    #[test]
    fn a_movement_that_was_told_and_is_not_there_is_seen() {
        broken("out-1: it was told to be done, and is not there", |story| drop(story.state.movements.pop()));
        broken("out-1: it was told to be done, and is not there", |story| {
            story.state.movements.last_mut().unwrap().amount = 6;
        });
        broken("first-bob: it was told to be done, and is not there", |story| {
            story.state.movements[1].direction = "out".into();
        });
    }

    #[test]
    fn a_posting_of_another_amount_or_of_none_is_seen() {
        broken("out-1: [6] was posted for [5]", |story| story.posting("movement", "out-1", 1).amount = 6);
        broken("first-bob: [] was posted for [-100]", |story| {
            story.state.postings.retain(|row| row.owner != "first-bob");
        });
    }

    #[test]
    fn a_refusal_that_moved_something_is_seen() {
        broken("out-2: it is there, and all who asked for it were refused", |story| {
            story.move_money("out", "alice", 5, "out-2", refused("balance_too_low"));
            story.withdraw("alice", 5, "out-2");
        });
        broken("out-2: it is there, and all who asked for it were refused", |story| {
            story.withdraw("alice", 5, "out-2");
        });
        broken("out-1: it was done, and then refused", |story| {
            story.move_money("out", "alice", 5, "out-1", refused("balance_too_low"));
        });
    }

    #[test]
    fn a_repeat_that_is_none_is_seen() {
        broken("out-2: it was told to be a repeat, and is none", |story| {
            story.move_money("out", "alice", 5, "out-2", REPEATED);
            story.withdraw("alice", 5, "out-2");
        });
    }

    #[test]
    fn a_reference_that_is_said_to_be_used_and_is_not_is_seen() {
        for (user, reference) in [("alice", "out-1"), ("bob", "out-9")] {
            broken("its reference was told to be another's, and is not", |story| {
                story.move_money("out", user, 5, reference, refused("reference_used"));
            });
        }
    }

    #[test]
    fn a_movement_whose_end_is_never_told_is_seen() {
        for open in [Told::Open, Told::Killed, Told::Lost(Loss::HungUp)] {
            broken("out-2: what became of it was never told", |story| {
                story.move_money("out", "bob", 5, "out-2", open);
            });
        }
    }

    #[test]
    fn an_answer_that_must_not_be_is_seen() {
        let silent = [Told::Lost(Loss::Cut), Told::Lost(Loss::Silence)];
        for told in silent {
            broken("a server that lives gave no answer", |story| story.move_money("out", "bob", 5, "out-2", told));
        }
        broken("HTTP 500", |story| {
            story.move_money("out", "bob", 5, "out-2", Told::Odd { what: "HTTP 500".into() });
        });
        for (direction, code) in [("in", "balance_too_low"), ("out", "user_not_found")] {
            broken(&format!("it was told {code}"), |story| {
                story.move_money(direction, "bob", 5, "out-2", refused(code));
            });
        }
    }

    #[test]
    fn a_server_that_is_down_need_not_answer_and_one_that_is_up_not_late() {
        let mut story = withdrawn();
        story.say(Event::Down { server: 0 });
        story.move_money("out", "bob", 7, "out-3", Told::Lost(Loss::Cut));
        story.say(Event::Up { server: 0 });
        story.ask_again_about_the_last("out", "bob", 7, "out-3", refused("balance_too_low"));
        assert_sound(super::check, &story);
        broken("it was answered too late", |story| {
            let last = story.history.len() - 1;
            story.history[last].at_us += 13_000_000;
        });
    }
}
