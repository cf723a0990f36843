//! How a request fails.

use serde::{Deserialize, Serialize};

use crate::Code;

/// How a request fails.
///
/// A rejection has no `When`: the cloud documents both kinds as not executed, so "executed, then rejected" would be a
/// lie that no caller has to survive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InjectedFault {
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

impl InjectedFault {
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

        assert_eq!(InjectedFault::Code(definite, When::After).when(), When::Before);
        assert_eq!(InjectedFault::Code(open, When::After).when(), When::After);
    }
}
