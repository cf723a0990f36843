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

/// Reads the `console` blocks of a page: every line with `curl`, what a shell was taught by one, and what an administrator
/// runs beside a demo.
#[track_caller]
pub(super) fn steps(page: &str) -> Vec<Step> {
    let text = read(page);
    let all = blocks(&text, "console").flat_map(|block| block.trim_end().split("\n$ ").map(step));
    let steps: Vec<_> = all.filter(|step| is_run(&step.command)).collect();
    assert_eq!(steps.len(), lines(&text), "every command of {page} is found");
    steps
}

/// Reads the commands that stand under a heading.
#[track_caller]
pub(super) fn commands(page: &str, heading: &str) -> Vec<String> {
    let text = read(page);
    let blocks = blocks(section(&text, heading), "console");
    blocks.flat_map(str::lines).filter_map(|line| line.strip_prefix("$ ")).map(str::to_owned).collect()
}

/// Reads the SQL that stands under a heading: what comes before the first comment, and after each.
#[track_caller]
pub(super) fn statements(page: &str, heading: &str) -> Vec<String> {
    let text = read(page);
    let sql = blocks(section(&text, heading), "sql").collect::<String>();
    let (mut parts, mut rest) = (Vec::new(), &*sql);
    while let Some((part, commented)) = rest.split_once("-- ") {
        parts.push(part.to_owned());
        rest = commented.split_once('\n').map_or("", |(_comment, after)| after);
    }
    parts.push(rest.to_owned());
    parts
}

#[track_caller]
fn read(page: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(page);
    fs::read_to_string(path).expect("the page is there")
}

#[track_caller]
fn section<'text>(text: &'text str, heading: &str) -> &'text str {
    let (_, rest) = text.split_once(&format!("\n## {heading}\n")).expect("the page has the heading");
    rest.split("\n## ").next().unwrap_or(rest)
}

fn blocks<'text>(text: &'text str, language: &str) -> impl Iterator<Item = &'text str> {
    let rests: Vec<_> = text.split(&format!("```{language}\n")).skip(1).collect();
    rests.into_iter().map(|rest| rest.split("```").next().unwrap_or_default())
}

fn is_run(command: &str) -> bool {
    command.contains("curl ")
        || ["cargo run --release -- admin ", "admin ", "key="].iter().any(|start| command.starts_with(start))
}

fn step(text: &str) -> Step {
    let text = text.strip_prefix("$ ").unwrap_or(text);
    let (command, output) = text.split_once('\n').unwrap_or((text, ""));
    Step { command: command.to_owned(), output: output.trim_end().to_owned() }
}

/// Counts what must be run, without a look at blocks.
fn lines(text: &str) -> usize {
    let commands = text.lines().filter_map(|line| line.strip_prefix("$ "));
    commands.filter(|command| is_run(command)).count()
}
