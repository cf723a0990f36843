//! What a page shows.

use std::{fs, path::Path};

/// How a page runs the program.
pub(super) const CARGO_RUN: &str = "cargo run --release -- ";

/// A command and what it prints.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) command: String,
    pub(super) output: String,
}

/// Reads the `console` blocks of a page: every line with `curl`, and what an administrator runs beside a demo.
#[track_caller]
pub(super) fn steps(page: &str) -> Vec<Step> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(page);
    let text = fs::read_to_string(&path).expect("the page is there");
    let blocks = text.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
    let all = blocks.flat_map(|block| block.trim_end().split("\n$ ").map(step));
    let is_run = |step: &Step| step.command.contains("curl ") || step.command.starts_with(ADMIN);
    let steps: Vec<_> = all.filter(is_run).collect();
    assert_eq!(steps.len(), lines(&text), "every command of {page} is found");
    steps
}

const ADMIN: &str = "cargo run --release -- admin ";

fn step(text: &str) -> Step {
    let text = text.strip_prefix("$ ").unwrap_or(text);
    let (command, output) = text.split_once('\n').unwrap_or((text, ""));
    Step { command: command.to_owned(), output: output.trim_end().to_owned() }
}

/// Counts what must be run, without a look at blocks.
fn lines(text: &str) -> usize {
    let commands = text.lines().filter_map(|line| line.strip_prefix("$ "));
    commands.filter(|command| command.contains("curl ") || command.starts_with(ADMIN)).count()
}
