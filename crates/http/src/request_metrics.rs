//! How many requests there were, by method and answer, and how long they took.
//!
//! What callers send never makes a new number: a path that is none of ours is counted with all others that are none.

use std::{iter, sync::Arc, time::Duration};

use actix_web::http::Method;
use hongbao_api::{METHODS, admin::ADMIN_METHODS};
use hongbao_metrics::{Counter, Histogram, Level, Observed};

/// What all requests are counted as whose path is not that of a method.
const OTHER: &str = "other";

/// How many statuses the contract could have; each is below it.
const CONTRACT_STATUSES: usize = 128;

/// How many statuses HTTP could have.
const HTTP_STATUSES: usize = 600;

/// What the requests of one listener came to. A clone is the same.
#[derive(Debug, Clone)]
pub struct RequestMetrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    methods: Vec<MethodMetrics>,
    in_flight: Level,
    /// The statuses that are told of each method from the beginning, so that their first increase is seen.
    told: &'static [usize],
}

#[derive(Debug)]
struct MethodMetrics {
    name: &'static str,
    /// Its path, and the method of HTTP where one path has several.
    place: Option<(&'static str, Option<&'static str>)>,
    statuses: Box<[Counter]>,
    /// Answers without a status: to preflights, and the page at `/`.
    bare: Counter,
    given_up: Counter,
    durations: Histogram,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It was answered, with that status if it has one.
    Answered(Option<u16>),
    /// Its caller hung up.
    GivenUp,
}

/// What the requests for one method came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodCounts {
    /// The method, or `other`.
    pub method: &'static str,
    /// How many ended with each status, by the word for it.
    pub by_status: Vec<(String, u64)>,
    /// How long they took, in microseconds.
    pub durations: Observed,
}

impl RequestMetrics {
    /// Counts requests of the contract, by its statuses.
    pub fn of_contract() -> Self {
        let methods = METHODS.iter().map(|method| {
            let name = method.path.strip_prefix("/im/").unwrap_or(method.path);
            MethodMetrics::new(name, Some((method.path, None)), CONTRACT_STATUSES)
        });
        Self::new(methods, CONTRACT_STATUSES, &[0, 2, 100, 103, 120, 121])
    }

    /// Counts requests of administrators, by the statuses of HTTP.
    pub fn of_admin() -> Self {
        let methods = ADMIN_METHODS.iter().map(|method| {
            MethodMetrics::new(method.name, Some((method.path, Some(method.method.as_str()))), HTTP_STATUSES)
        });
        Self::new(methods, HTTP_STATUSES, &[200, 500, 503])
    }

    fn new(methods: impl Iterator<Item = MethodMetrics>, statuses: usize, told: &'static [usize]) -> Self {
        // The last one is found by all that is not found before it.
        let methods = methods.chain([MethodMetrics::new(OTHER, None, statuses)]).collect();
        Self(Arc::new(Inner { methods, in_flight: Level::default(), told }))
    }

    /// Counts a request that begins.
    pub(crate) fn begin(&self) {
        self.0.in_flight.raise();
    }

    /// Counts a request that ends.
    pub(crate) fn end(&self, method: &Method, route: Option<&str>, ended: Ended, took: Duration) {
        self.0.in_flight.lower();
        let found = self.0.methods.iter().find(|metrics| metrics.is_at(method, route));
        if let Some(metrics) = found {
            metrics.counter(ended).increment();
            metrics.durations.observe_duration(took);
        }
    }

    /// Gives how many requests run now.
    pub fn in_flight(&self) -> u64 {
        self.0.in_flight.read()
    }

    /// Gives what was counted of each method. A status is left out that has never been answered, but for those that each
    /// method may answer.
    pub fn read(&self) -> Vec<MethodCounts> {
        self.0.methods.iter().map(|metrics| metrics.read(self.0.told)).collect()
    }
}

impl MethodMetrics {
    fn new(name: &'static str, place: Option<(&'static str, Option<&'static str>)>, statuses: usize) -> Self {
        Self {
            name,
            place,
            statuses: iter::repeat_with(Counter::default).take(statuses).collect(),
            bare: Counter::default(),
            given_up: Counter::default(),
            durations: Histogram::of_durations(),
        }
    }

    fn is_at(&self, method: &Method, route: Option<&str>) -> bool {
        self.place.is_none_or(|(path, http_method)| {
            route == Some(path) && http_method.is_none_or(|http_method| method.as_str() == http_method)
        })
    }

    fn counter(&self, ended: Ended) -> &Counter {
        match ended {
            Ended::Answered(Some(status)) => self.statuses.get(usize::from(status)).unwrap_or(&self.bare),
            Ended::Answered(None) => &self.bare,
            Ended::GivenUp => &self.given_up,
        }
    }

    fn read(&self, told: &[usize]) -> MethodCounts {
        let numbered = self.statuses.iter().enumerate();
        let numbered = numbered.map(|(status, counter)| (status, counter.read()));
        let numbered = numbered.filter(|(status, count)| *count > 0 || told.contains(status));
        let named = [("none", &self.bare), ("given_up", &self.given_up)];
        let named = named.into_iter().map(|(name, counter)| (name.to_owned(), counter.read()));
        let by_status = numbered
            .map(|(status, count)| (status.to_string(), count))
            .chain(named.filter(|(_, count)| *count > 0))
            .collect();
        MethodCounts { method: self.name, by_status, durations: self.durations.read() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: Duration = Duration::from_millis(1);

    fn counted(metrics: &RequestMetrics, method: &str, status: &str) -> Option<u64> {
        let all = metrics.read();
        let of_method = all.iter().find(|counts| counts.method == method)?;
        of_method.by_status.iter().find(|(found, _)| found == status).map(|(_, count)| *count)
    }

    #[test]
    fn a_request_counts_with_its_method_and_status() {
        let metrics = RequestMetrics::of_contract();
        for ended in [Ended::Answered(Some(4)), Ended::Answered(None), Ended::GivenUp, Ended::Answered(Some(4))] {
            metrics.begin();
            metrics.end(&Method::POST, Some("/im/friend_list"), ended, MILLISECOND);
        }
        let of = |status| counted(&metrics, "friend_list", status);
        assert_eq!([of("4"), of("none"), of("given_up"), of("0")], [Some(2), Some(1), Some(1), Some(0)]);
        assert_eq!(of("5"), None);
        assert_eq!((counted(&metrics, "friend_add", "0"), metrics.in_flight()), (Some(0), 0));
    }

    #[test]
    fn methods_of_one_path_are_told_apart() {
        let metrics = RequestMetrics::of_admin();
        for (method, times) in [(Method::GET, 1), (Method::PUT, 2), (Method::PATCH, 3)] {
            for _ in 0..times {
                metrics.begin();
                let ended = Ended::Answered(Some(200));
                metrics.end(&method, Some("/admin/v1/users/{user_id}"), ended, MILLISECOND);
            }
        }
        let names = ADMIN_METHODS.iter().filter(|method| method.path == "/admin/v1/users/{user_id}");
        let counts: Vec<_> =
            names.map(|method| (method.method.as_str(), counted(&metrics, method.name, "200"))).collect();
        assert_eq!(counts, [("PUT", Some(2)), ("GET", Some(1))]);
        assert_eq!(counted(&metrics, OTHER, "200"), Some(3));
    }

    #[test]
    fn paths_and_statuses_that_are_not_ours_make_no_new_number() {
        let metrics = RequestMetrics::of_contract();
        for number in 0..1_000_u16 {
            let (method, path) =
                (Method::from_bytes(format!("M{number}").as_bytes()).unwrap(), format!("/im/{number}"));
            for route in [None, Some(path.as_str())] {
                metrics.begin();
                metrics.end(&method, route, Ended::Answered(Some(100)), MILLISECOND);
            }
        }
        assert_eq!(metrics.read().len(), METHODS.len() + 1);
        assert_eq!(counted(&metrics, OTHER, "100"), Some(2_000));
        metrics.begin();
        metrics.end(&Method::GET, None, Ended::Answered(Some(u16::MAX)), MILLISECOND);
        assert_eq!(counted(&metrics, OTHER, "none"), Some(1));
    }
}
