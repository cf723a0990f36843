//! Faults on demand: what goes wrong on which path, how often, and whether the request is executed all the same.

mod late;
mod order;
mod queue;

use serde::{Deserialize, Serialize};

use self::order::Order;
pub(crate) use self::{late::Late, queue::Faults};
pub use self::{
    late::{MAX_LATE, MAX_LATE_BYTES},
    queue::MAX_FAULTS,
};
use crate::Code;

/// Something that goes wrong with the next requests on one path.
///
/// Its JSON is that of the control API; reading it also checks that the path is one that the sandbox serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Order", into = "Order")]
pub struct Fault {
    path: String,
    mishap: Mishap,
    times: u32,
}

impl Fault {
    /// Makes the next request on `path` fail once.
    ///
    /// A path that the sandbox does not serve is never struck: the fault just stays armed.
    pub fn new(path: impl Into<String>, mishap: Mishap) -> Self {
        Self { path: path.into(), mishap, times: 1 }
    }

    /// Makes that many requests fail instead of one. Zero arms nothing.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }
}

/// How a request fails.
///
/// A rejection has no `When`: the cloud documents both kinds as not executed, so "executed, then rejected" would be a
/// lie that no caller has to survive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// HTTP 400 with code 1002, "parameter error". Not executed.
    Reject,
    /// HTTP 429 with code 1008, "rate limit". Not executed.
    RateLimit,
    /// Any documented code with its HTTP status. Not executed, unless the code leaves that open.
    Code(Code, When),
    /// HTTP 500 with code 1000, "internal logic error".
    ServerError(When),
    /// No answer at all: the connection is held until the caller goes away or the server stops.
    Timeout(When),
    /// The TCP connection is closed without one byte of answer.
    Reset(When),
    /// HTTP 200 with a page of HTML, as a gateway in between may answer.
    Garbage(When),
    /// HTTP 200, and a body that goes on byte by byte until the caller goes away or the server stops.
    Drip(When),
    /// HTTP 200, and the connection is closed before the body is as long as its head says. What has come says "done".
    Truncate(When),
}

impl Mishap {
    /// Tells whether the request is executed all the same.
    pub(crate) fn when(self) -> When {
        match self {
            Self::Reject | Self::RateLimit => When::Before,
            Self::Code(code, when) => {
                if code.leaves_open() {
                    when
                } else {
                    When::Before
                }
            }
            Self::ServerError(when)
            | Self::Timeout(when)
            | Self::Reset(when)
            | Self::Garbage(when)
            | Self::Drip(when)
            | Self::Truncate(when) => when,
        }
    }
}

/// Whether a request fails before or after the cloud does what it asks for. The caller cannot see which.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// The request is not executed.
    #[default]
    Before,
    /// The request is executed, then it fails.
    After,
    /// The request fails, and is executed when [`Sandbox::release_late`](crate::Sandbox::release_late) says so.
    ///
    /// So a request that its caller has long given up can overtake a newer one.
    Later,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definite_code_is_never_executed_even_if_it_is_told_to_be() {
        let [definite, open] = [1009, 1050].map(|code| Code::parse(code).unwrap());

        assert_eq!(Mishap::Code(definite, When::After).when(), When::Before);
        assert_eq!(Mishap::Code(open, When::After).when(), When::After);
    }
}
