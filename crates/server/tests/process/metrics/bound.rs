//! However a server is used, it has no more series than its page says.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use hongbao_api::METHODS;
use serde_json::Value;

use super::{READ_OFTEN, Scrape, pages::PAGES, whole_scrape};
use crate::harness::Folder;

/// What the page names: of a server that has just started, and at most.
const AT_FIRST: usize = 1_700;
const AT_MOST: usize = 2_300;

/// The coins that have a series of their own.
const COINS: usize = 100;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)).expect("the file is there")
}

/// The series of a method that a scrape has.
fn counted(scrape: &Scrape, name: &str, method: &str) -> usize {
    let series = format!("{name}{{method=\"{method}\",");
    scrape.series().filter(|found| found.starts_with(&series)).count()
}

/// How many statuses each method of administrators may answer, by its name.
fn admin_statuses() -> BTreeMap<String, usize> {
    let document: Value = serde_json::from_str(&read("docs/openapi/admin.json")).expect("it is JSON");
    let paths = document["paths"].as_object().expect("it has paths");
    let operations = paths.values().flat_map(|path| path.as_object().expect("it has operations").values());
    let operations = operations.filter(|operation| operation.get("responses").is_some());
    let responses = |operation: &Value| operation["responses"].as_object().map_or(0, serde_json::Map::len);
    operations
        .map(|operation| (operation["operationId"].as_str().expect("it has a name").to_owned(), responses(operation)))
        .collect()
}

#[test]
fn there_are_no_more_series_than_the_page_says_however_a_server_is_used() {
    let folder = Folder::new();
    let demo = folder.demo(&READ_OFTEN);
    let scrape = whole_scrape(&demo);
    let first = scrape.series().count();

    // Beside those that are there at first: each other status, no status, and a caller who hangs up.
    let (mut more, mut known) = (0, 0);
    for method in METHODS {
        let name = method.path.trim_start_matches("/im/");
        let told = [0, 2, 100, 103, 120, 121];
        assert_eq!(
            counted(&scrape, "hongbao_requests_total", name),
            told.len(),
            "{name} is counted from the beginning"
        );
        let outcomes = (method.outcomes)();
        let others = outcomes.iter().map(|outcome| outcome.status).filter(|status| !told.contains(status));
        more += others.collect::<BTreeSet<_>>().len() + 2;
        known += 1;
    }
    for (name, statuses) in admin_statuses() {
        let told = counted(&scrape, "hongbao_admin_requests_total", &name);
        assert_eq!(told, ["200", "500", "503"].len(), "{name} is counted from the beginning");
        more += statuses - told + 2;
        known += 1;
    }
    // A path that is none of ours is answered less than ten ways.
    let coins = scrape.series().filter(|series| series.starts_with("hongbao_conservation_gap{")).count();
    let most = first + more + 2 * 10 + COINS - coins;

    assert!(known > 50, "{known} methods");
    assert!((AT_FIRST - 100..=AT_FIRST).contains(&first), "{first} series at first");
    assert!((AT_MOST - 100..=AT_MOST).contains(&most), "{most} series at most");
    let numbers = [AT_FIRST, AT_MOST].map(|number| format!("{},{:03}", number / 1_000, number % 1_000));
    for page in PAGES {
        let text = read(page);
        let (_, told) =
            text.split_once("\n* No label has a value").or_else(|| text.split_once("\n* 标签的值")).expect(page);
        let told = told.split("\n*").next().unwrap_or(told).split("\n\n").next().unwrap_or_default();
        assert!(numbers.iter().all(|number| told.contains(number)), "{page} says {numbers:?}: {told}");
    }
    demo.stop();
}
