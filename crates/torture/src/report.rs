//! What is printed in the end.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{Write, stdout},
    process::ExitCode,
};

use crate::{
    check::{Violation, betrays},
    cli::{Defect, Options},
    error::TortureError,
    history::{Event, Line, Told},
    plan::schedule,
    run::Verdict,
};

/// How many violations are shown whole, and how many lines of each.
const SHOWN: usize = 12;
const LINES: usize = 14;

/// Prints what was asked and broken, and the verdict. With a planted defect, not to find it is the failure.
pub(crate) fn print(verdict: &Verdict, planted: Option<Defect>) -> Result<ExitCode, TortureError> {
    let mut text = summary(&verdict.history);
    let folder = verdict.folder.display();
    violations(&mut text, &verdict.history, &verdict.violations);
    line(&mut text, format_args!("seed {}; history and state are in {folder}", verdict.seed));
    let is_good = planted.map_or(verdict.violations.is_empty(), |defect| betrays(defect, &verdict.violations));
    if planted.is_some() {
        let found = if is_good { "was found" } else { "was NOT found" };
        line(&mut text, format_args!("the planted defect {found}"));
    }
    say(&text)?;
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Prints the verdict on a trial that is over.
pub(crate) fn print_check(history: &[Line], found: &[Violation]) -> Result<ExitCode, TortureError> {
    let mut text = summary(history);
    violations(&mut text, history, found);
    say(&text)?;
    Ok(if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Prints the schedule of a run.
pub(crate) fn print_plan(options: &Options) -> Result<ExitCode, TortureError> {
    let seed = options.seed.unwrap_or_default();
    let mut text = String::new();
    for step in schedule(seed, options.store, options.replicas(), options.minutes.ms) {
        line(&mut text, format_args!("{:8} ms  {}", step.at_ms, step.act));
    }
    say(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Counts requests by method and end, and faults by kind.
fn summary(history: &[Line]) -> String {
    let mut methods = BTreeMap::new();
    let mut ends: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut faults: BTreeMap<&str, usize> = BTreeMap::new();
    let mut servers: BTreeMap<usize, usize> = BTreeMap::new();
    let (mut asked, mut looks, mut text) = (0, 0, String::new());
    let mut calls: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    let mut moves: BTreeMap<&str, usize> = BTreeMap::new();
    let mut told_of_moves: BTreeMap<String, usize> = BTreeMap::new();
    for entry in history {
        let ((op, attempt), end) = match &entry.event {
            Event::Invoke(invoke) => {
                asked += 1;
                let key = if invoke.key.is_some() { " with a key" } else { "" };
                methods.insert((invoke.op, invoke.attempt), format!("{}{key}", invoke.method));
                *servers.entry(invoke.server).or_default() += 1;
                continue;
            }
            Event::Return { op, attempt, answer } => {
                let code = if answer.status == 0 { "" } else { answer.code() };
                ((*op, *attempt), format!("{} {code}", answer.status).trim_end().to_owned())
            }
            Event::Lost { op, attempt, why } => ((*op, *attempt), format!("{why:?}")),
            Event::Fault { kind, .. } => {
                *faults.entry(kind).or_default() += 1;
                continue;
            }
            Event::Sums { .. } => {
                looks += 1;
                continue;
            }
            Event::Begin { seed, store, replicas, minutes } => {
                line(&mut text, format_args!("{store}, {replicas} servers, {minutes} minutes, seed {seed}"));
                continue;
            }
            Event::Rest { after_ms, .. } => {
                line(&mut text, format_args!("nothing hung any more {after_ms} ms after all was whole"));
                continue;
            }
            Event::Agreed { after_ms, differ } => {
                line(&mut text, format_args!("the cloud differs on {differ} after {after_ms} ms more"));
                continue;
            }
            Event::Delivered { after_ms, wait } => {
                line(&mut text, format_args!("{wait} deliveries wait for a later try after {after_ms} ms more"));
                continue;
            }
            Event::Audited { status, .. } => {
                let status = status.map_or_else(|| "no status".to_owned(), |status| status.to_string());
                line(&mut text, format_args!("the product's own audit ended with {status}"));
                continue;
            }
            Event::Call(call) => {
                let [all, taken] = calls.entry(&call.endpoint).or_default();
                *all += 1;
                *taken += usize::from(call.is_taken);
                continue;
            }
            Event::Move(asked) => {
                let way = if asked.server.is_some() { "over the admin API" } else { "by a command" };
                *moves.entry(way).or_default() += 1;
                continue;
            }
            Event::Moved { told, .. } => {
                *told_of_moves.entry(word(told)).or_default() += 1;
                continue;
            }
            Event::Endpoints { .. }
            | Event::Down { .. }
            | Event::Up { .. }
            | Event::Clock { .. }
            | Event::Alarm { .. }
            | Event::Quiet => continue,
        };
        let method = methods.get(&(op, attempt)).cloned().unwrap_or_default();
        *ends.entry((method, end)).or_default() += 1;
    }
    let broken: usize = faults.values().sum();
    line(
        &mut text,
        format_args!("{asked} requests (by server: {servers:?}), {broken} faults, {looks} looks at all sums"),
    );
    for (endpoint, [all, taken]) in calls {
        line(&mut text, format_args!("{all:7}  calls of the {endpoint} endpoint, which took {taken}"));
    }
    for (way, count) in moves {
        line(&mut text, format_args!("{count:7}  deposits and withdrawals asked for {way}"));
    }
    for (told, count) in told_of_moves {
        line(&mut text, format_args!("{count:7}  of them: {told}"));
    }
    for (kind, count) in faults {
        line(&mut text, format_args!("{count:7}  {kind}"));
    }
    for ((method, end), count) in ends {
        line(&mut text, format_args!("{count:7}  {method}: {end}"));
    }
    text
}

/// Names what was told of a movement.
fn word(told: &Told) -> String {
    match told {
        Told::Done { repeated: false } => "done".to_owned(),
        Told::Done { repeated: true } => "done before".to_owned(),
        Told::Refused { code } => code.clone(),
        Told::Open => "open".to_owned(),
        Told::Lost(why) => format!("{why:?}"),
        Told::Killed => "the command was killed".to_owned(),
        Told::Odd { .. } => "something else".to_owned(),
    }
}

fn violations(text: &mut String, history: &[Line], found: &[Violation]) {
    for violation in found.iter().take(SHOWN) {
        line(text, format_args!("VIOLATION {violation}"));
        for index in violation.lines.iter().take(LINES) {
            let shown = history.get(*index).and_then(|line| serde_json::to_string(line).ok());
            line(text, format_args!("  {:7}: {}", index + 1, shown.unwrap_or_default()));
        }
    }
    let verdict = if found.is_empty() { "all promises held".to_owned() } else { format!("{} violations", found.len()) };
    line(text, format_args!("{verdict}"));
}

fn line(text: &mut String, what: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _written = writeln!(text, "{what}");
}

fn say(text: &str) -> Result<(), TortureError> {
    Ok(stdout().write_all(text.as_bytes())?)
}
