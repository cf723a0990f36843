//! The pages of the API name every code, with the status that it has, and quote the sentences that we say.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;

use super::{Said, all};
use crate::{Language, METHODS};

/// A page and the title of its table of codes.
const PAGES: [(&str, &str); 2] = [("api.md", "Every code"), ("api.zh.md", "全部 code")];

#[track_caller]
fn read(page: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(page);
    fs::read_to_string(path).expect("the page is there")
}

/// Gives what stands below a title of the second level.
#[track_caller]
fn section<'page>(page: &'page str, title: &str) -> &'page str {
    let (_, rest) = page.split_once(&format!("\n## {title}\n")).unwrap_or_else(|| panic!("no section {title}"));
    rest.split("\n## ").next().unwrap_or_default()
}

/// Gives the cells of each row that has a code in backticks and a status, whichever comes first.
fn rows(section: &str) -> impl Iterator<Item = (u16, String, Vec<&str>)> {
    section.lines().filter_map(|line| {
        let cells: Vec<_> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
        let (status, code) = match cells.as_slice() {
            [first, second, _, _] => {
                if let Ok(status) = first.parse() {
                    (status, *second)
                } else {
                    (second.parse().ok()?, *first)
                }
            }
            _ => return None,
        };
        Some((status, code.trim_matches('`').to_owned(), cells))
    })
}

#[test]
fn each_code_is_in_the_table_with_its_status_a_cause_and_a_remedy() {
    let spoken: Vec<_> = all().into_iter().map(|Said { status, code, .. }| (code.to_owned(), status)).collect();
    let spoken: BTreeSet<_> = spoken.into_iter().collect();
    for (page, title) in PAGES {
        let text = read(page);
        let rows: Vec<_> = rows(section(&text, title)).collect();
        for (_, code, cells) in &rows {
            assert!(cells.iter().all(|cell| !cell.trim().is_empty()), "{page}: {code}");
        }
        let listed: Vec<_> = rows.into_iter().map(|(status, code, _)| (code, status)).collect();
        assert!(listed.is_sorted(), "{page} lists codes by the alphabet");
        assert_eq!(listed, spoken.iter().cloned().collect::<Vec<_>>(), "{page}");
    }
}

#[test]
fn each_method_lists_exactly_what_it_may_answer() {
    let paths: BTreeSet<_> = METHODS.iter().map(|method| method.path).collect();
    for said in all() {
        assert!(said.path.is_empty() || paths.contains(said.path), "{} is no method", said.path);
    }
    for path in paths {
        let own = all().into_iter().filter(|said| said.path == path).map(|Said { status, code, .. }| (status, code));
        let expected: BTreeSet<_> =
            own.map(|(status, code)| (status, code.to_owned())).chain([(2, "not_logged_in".to_owned())]).collect();
        for (page, _) in PAGES {
            let text = read(page);
            let listed = rows(section(&text, path.trim_start_matches('/'))).map(|(status, code, _)| (status, code));
            // Which parameters a method cannot take is for its page to say.
            let listed: BTreeSet<_> = listed.filter(|(status, _)| *status != 100).collect();
            assert_eq!(listed, expected, "{page}: {path}");
        }
    }
}

#[test]
fn what_is_quoted_is_what_we_say() {
    let spoken = all();
    for (page, _) in PAGES {
        let text = read(page);
        let quotes: Vec<Value> = text
            .lines()
            .filter(|line| line.starts_with('{') && line.contains("\"detail\":"))
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{page}: {line}: {error}")))
            .collect();
        assert!(quotes.len() > 10, "{page} has examples");
        for quote in quotes {
            let data = &quote["data"];
            let says = |said: &Said| {
                let sentences = [Language::English, Language::Chinese]
                    .map(|language| said.sentence.say(language, data["parameter"].as_str()));
                quote["status"] == said.status
                    && data["code"] == said.code
                    && sentences.iter().any(|sentence| data["detail"] == **sentence)
            };
            assert!(spoken.iter().any(says), "{page}: {quote}");
            assert!(data["retryable"].is_boolean(), "{page}: {quote}");
        }
    }
}
