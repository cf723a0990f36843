//! Requests that failed and are still to be executed.

use std::collections::VecDeque;

use actix_web::web::Bytes;

use crate::api::Endpoint;

/// How many requests wait to be executed late; then the one that has waited longest is forgotten for each new one.
pub const MAX_LATE: usize = 1_000;

/// How many bytes they may have together; then the one that has waited longest is forgotten too.
pub const MAX_LATE_BYTES: usize = 64 * 1024 * 1024;

/// Requests in order of arrival. Nothing can refuse them any more but what they ask for.
#[derive(Debug, Default)]
pub(crate) struct Late {
    bytes: usize,
    waiting: VecDeque<(&'static Endpoint, Bytes)>,
}

impl Late {
    pub(crate) fn hold(&mut self, endpoint: &'static Endpoint, body: Bytes) {
        self.bytes += body.len();
        self.waiting.push_back((endpoint, body));
        while self.waiting.len() > MAX_LATE || self.bytes > MAX_LATE_BYTES {
            self.next();
        }
    }

    /// Takes out the request that has waited longest.
    pub(crate) fn next(&mut self) -> Option<(&'static Endpoint, Bytes)> {
        let (endpoint, body) = self.waiting.pop_front()?;
        self.bytes -= body.len();
        Some((endpoint, body))
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ENDPOINTS;

    #[test]
    fn requests_come_out_as_they_came_in() {
        let mut late = Late::default();
        late.hold(&ENDPOINTS[0], Bytes::from_static(b"one"));
        late.hold(&ENDPOINTS[1], Bytes::from_static(b"two"));

        let paths: Vec<_> = std::iter::from_fn(|| late.next()).map(|(endpoint, body)| (endpoint.path, body)).collect();

        let bodies = [Bytes::from_static(b"one"), Bytes::from_static(b"two")];
        assert_eq!(paths, [ENDPOINTS[0].path, ENDPOINTS[1].path].into_iter().zip(bodies).collect::<Vec<_>>());
        assert_eq!(late.bytes, 0);
    }

    #[test]
    fn those_that_have_waited_longest_are_forgotten() {
        let (mut many, mut long) = (Late::default(), Late::default());
        let mebibyte = Bytes::from(vec![b'x'; 1024 * 1024]);

        for _ in 0..=MAX_LATE {
            many.hold(&ENDPOINTS[0], Bytes::new());
            long.hold(&ENDPOINTS[0], mebibyte.clone());
        }

        assert_eq!(many.len(), MAX_LATE);
        assert_eq!(long.len(), 64);
    }
}
