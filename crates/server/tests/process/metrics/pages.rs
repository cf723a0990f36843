//! The pages list what there is.

use std::{collections::BTreeSet, fs, path::Path};

use super::{READ_OFTEN, whole_scrape};
use crate::harness::Folder;

pub(super) const PAGES: [&str; 2] = ["docs/operations/metrics.md", "docs/operations/metrics.zh.md"];

/// The rows of a page's tables whose first cell is a name: name, type, labels.
fn rows(page: &str) -> Vec<[String; 3]> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(page);
    let text = fs::read_to_string(path).expect("the page is there");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `hongbao_"));
    let cells = rows.map(|row| {
        let cells: Vec<_> = row.split(" | ").collect();
        assert_eq!(cells.len(), 4, "{page}: {row}");
        let labels: BTreeSet<_> = cells[2].split('`').skip(1).step_by(2).collect();
        let labels = labels.into_iter().collect::<Vec<_>>().join(" ");
        [format!("hongbao_{}", cells[0].trim_end_matches('`')), cells[1].to_owned(), labels]
    });
    cells.collect()
}

#[test]
fn each_metric_is_in_both_tables_and_nothing_else_is() {
    let folder = Folder::new();
    let demo = folder.demo(&READ_OFTEN);
    let scrape = whole_scrape(&demo);
    let real: Vec<_> = scrape
        .families()
        .map(|(name, kind)| {
            let labels = scrape.labels(name).into_iter().collect::<Vec<_>>().join(" ");
            [name.to_owned(), kind.to_owned(), labels]
        })
        .collect();
    for page in PAGES {
        let documented = rows(page);
        let sorted = |rows: &[[String; 3]]| rows.iter().cloned().collect::<BTreeSet<_>>();
        assert_eq!(documented.len(), sorted(&documented).len(), "{page} lists each once");
        assert_eq!(sorted(&documented), sorted(&real), "{page}");
    }
    demo.stop();
}
