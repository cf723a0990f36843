//! What callers really sent: counted, and the last of it kept.

mod request;

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

pub(crate) use request::Received;
pub use request::Request;

/// How many requests are kept; then the oldest is dropped for each new one.
pub const MAX_REQUESTS: usize = 1_000;

/// How many bytes the bodies of kept requests may have together; then the oldest is dropped for each new one.
pub const MAX_REQUEST_BYTES: usize = 64 * 1024 * 1024;

/// How many connections are counted one by one; then the oldest is forgotten for each new one.
pub const MAX_CONNECTIONS: usize = 1_000;

/// How often the Server API was asked since the counters were last reset, whatever it answered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// All requests.
    pub requests: u64,
    /// Those on each path that is served and was asked for.
    pub paths: BTreeMap<String, u64>,
    /// Those on paths that are not served.
    pub elsewhere: u64,
    /// Those on each connection, in the order in which the connections were opened: the last [`MAX_CONNECTIONS`].
    ///
    /// A connection that carried nothing but the control API is none of them.
    pub connections: Vec<u64>,
}

/// Requests to the Server API.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    requests: u64,
    paths: BTreeMap<&'static str, u64>,
    elsewhere: u64,
    connections: BTreeMap<u64, u64>,
    bytes: usize,
    kept: VecDeque<Received>,
}

impl Traffic {
    /// Counts and keeps a request. `served` is its path if that is in the table of endpoints.
    pub(crate) fn record(&mut self, received: Received, served: Option<&'static str>) {
        self.requests += 1;
        match served {
            Some(path) => *self.paths.entry(path).or_default() += 1,
            None => self.elsewhere += 1,
        }
        *self.connections.entry(received.connection).or_default() += 1;
        if self.connections.len() > MAX_CONNECTIONS {
            self.connections.pop_first();
        }
        self.keep(received);
    }

    pub(crate) fn counters(&self) -> Counters {
        Counters {
            requests: self.requests,
            paths: self.paths.iter().map(|(path, count)| ((*path).to_owned(), *count)).collect(),
            elsewhere: self.elsewhere,
            connections: self.connections.values().copied().collect(),
        }
    }

    pub(crate) fn reset_counters(&mut self) {
        let (bytes, kept) = (self.bytes, std::mem::take(&mut self.kept));
        *self = Self { bytes, kept, ..Self::default() };
    }

    /// Lists the kept requests on one path, or on all, oldest first.
    pub(crate) fn requests(&self, path: Option<&str>) -> Vec<Request> {
        let wanted = self.kept.iter().filter(|received| path.is_none_or(|path| received.path == path));
        wanted.map(Request::from).collect()
    }

    fn keep(&mut self, received: Received) {
        self.bytes += received.size_bytes();
        self.kept.push_back(received);
        while self.kept.len() > MAX_REQUESTS || self.bytes > MAX_REQUEST_BYTES {
            let Some(dropped) = self.kept.pop_front() else {
                return;
            };
            self.bytes -= dropped.size_bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::web::Bytes;

    use super::*;

    fn received(connection: u64, path: &str, body: Bytes) -> Received {
        let (method, path) = ("POST".to_owned(), path.to_owned());
        Received { connection, method, path, headers: BTreeMap::new(), body }
    }

    #[test]
    fn requests_are_counted_by_path_and_by_connection() {
        let mut traffic = Traffic::default();

        traffic.record(received(7, "/a", Bytes::new()), Some("/a"));
        traffic.record(received(3, "/b", Bytes::new()), None);
        traffic.record(received(7, "/a", Bytes::new()), Some("/a"));

        let paths = BTreeMap::from([("/a".to_owned(), 2)]);
        let counters = Counters { requests: 3, paths, elsewhere: 1, connections: vec![1, 2] };
        assert_eq!(traffic.counters(), counters);
        traffic.reset_counters();
        assert_eq!(traffic.counters(), Counters::default());
        assert_eq!(traffic.requests(None).len(), 3);
        assert_eq!(traffic.requests(Some("/b")).len(), 1);
    }

    #[test]
    fn only_the_last_requests_are_kept() {
        let mut traffic = Traffic::default();

        for n in 0..=MAX_REQUESTS {
            traffic.record(received(0, &format!("/{n}"), Bytes::new()), None);
        }

        let kept = traffic.requests(None);
        assert_eq!(kept.len(), MAX_REQUESTS);
        assert_eq!(kept[0].path, "/1");
        assert_eq!(traffic.counters().requests, 1_001);
    }

    #[test]
    fn only_as_many_bytes_as_fit_are_kept() {
        let mut traffic = Traffic::default();
        let mebibyte = Bytes::from(vec![b'x'; 1024 * 1024]);

        for n in 0..70 {
            traffic.record(received(0, &format!("/{n}"), mebibyte.clone()), None);
        }

        let kept = traffic.requests(Some("/69"));
        assert_eq!(kept.len(), 1);
        assert!(traffic.bytes <= MAX_REQUEST_BYTES);
        assert_eq!(traffic.kept.len(), 63);
    }

    #[test]
    fn only_the_last_connections_are_counted_one_by_one() {
        let mut traffic = Traffic::default();

        traffic.record(received(0, "/a", Bytes::new()), None);
        for connection in 0..=1_000 {
            traffic.record(received(connection, "/a", Bytes::new()), None);
        }

        assert_eq!(traffic.counters().connections, vec![1; MAX_CONNECTIONS]);
    }
}
