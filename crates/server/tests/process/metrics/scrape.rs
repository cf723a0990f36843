//! One answer of `/metrics`.
#![expect(clippy::unwrap_used, reason = "a line of another form fails the test that reads it")]

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
};

use crate::harness::{Demo, get};

/// The text, and each series with its value.
pub(super) struct Scrape {
    pub(super) text: String,
    samples: BTreeMap<String, String>,
}

impl Scrape {
    #[track_caller]
    pub(super) fn of(demo: &Demo) -> Self {
        Self::at(demo.admin)
    }

    /// What the server says whose admin listener is there.
    #[track_caller]
    pub(super) fn at(admin: SocketAddr) -> Self {
        let answer = get(admin, "/metrics").unwrap();
        assert_eq!(answer.http_status, 200, "{}", answer.text);
        let lines = answer.text.lines().filter(|line| !line.starts_with('#'));
        let samples = lines.filter_map(|line| line.rsplit_once(' '));
        let samples = samples.map(|(series, value)| (series.to_owned(), value.to_owned())).collect();
        Self { text: answer.text, samples }
    }

    pub(super) fn series(&self) -> impl Iterator<Item = &str> {
        self.samples.keys().map(String::as_str)
    }

    pub(super) fn value(&self, series: &str) -> Option<&str> {
        self.samples.get(series).map(String::as_str)
    }

    /// The value of a series that counts.
    pub(super) fn count(&self, series: &str) -> Option<u64> {
        self.value(series).map(|value| value.parse().unwrap())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.families().any(|(found, _)| found == name)
    }

    /// Each name with its type.
    pub(super) fn families(&self) -> impl Iterator<Item = (&str, &str)> {
        let types = self.text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
        types.map(|line| line.split_once(' ').unwrap())
    }

    /// The names of the labels of a name, but for `le`.
    pub(super) fn labels(&self, name: &str) -> BTreeSet<&str> {
        let of_name = self.series().filter(|series| {
            let rest = series.strip_prefix(name).unwrap_or("x");
            let rest =
                ["_bucket", "_sum", "_count"].iter().find_map(|suffix| rest.strip_prefix(suffix)).unwrap_or(rest);
            rest.is_empty() || rest.starts_with('{')
        });
        let labels = of_name.filter_map(|series| series.split_once('{')).flat_map(|(_, labels)| labels.split("\","));
        labels
            .filter_map(|label| label.split_once('='))
            .map(|(label, _)| label)
            .filter(|label| *label != "le")
            .collect()
    }

    /// Each name has one sentence and one type before its samples, and each histogram adds up.
    #[track_caller]
    pub(super) fn assert_well_formed(&self) {
        let (mut seen, mut current) = (BTreeSet::new(), ("", ""));
        let mut below = 0;
        for line in self.text.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                let (name, sentence) = help.split_once(' ').unwrap();
                assert!(seen.insert(name) && sentence.ends_with('.'), "{line}");
                assert!(name.starts_with("hongbao_"), "{line}");
                current = (name, "");
            } else if let Some(of_type) = line.strip_prefix("# TYPE ") {
                let (name, kind) = of_type.split_once(' ').unwrap();
                assert_eq!(name, current.0, "{line}");
                assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
                current.1 = kind;
            } else {
                let (series, value) = line.rsplit_once(' ').unwrap();
                let value: f64 = value.parse().unwrap();
                let name = series.split('{').next().unwrap();
                let suffix = name.strip_prefix(current.0).unwrap_or_else(|| panic!("{line} is not of {current:?}"));
                assert_eq!(!suffix.is_empty(), current.1 == "histogram", "{line}");
                match suffix {
                    "_bucket" => {
                        let count: u64 = self.count(series).unwrap();
                        assert!(count >= below, "{line}");
                        below = count;
                    }
                    "_count" => {
                        assert_eq!(self.count(series), Some(below), "{line}");
                        below = 0;
                    }
                    _ => assert!(value.is_finite(), "{line}"),
                }
            }
        }
        assert!(self.text.ends_with('\n') && seen.len() > 20, "{}", self.text);
    }
}
