//! Why no answer of the cloud came.

use std::{error::Error, io, iter};

use hongbao_domain::im_cloud::CloudAnswer;

use crate::exchange::NoAnswer;

/// What stands between us and an answer of the cloud.
#[derive(Debug)]
pub enum ConnectError {
    /// The name of the host has no address.
    UnknownName,
    /// No server listens there.
    ConnectionRefused,
    /// No connection, for another reason, which is told.
    NoConnection(String),
    /// No connection within the time-out.
    ConnectingTimedOut,
    /// A connection, but no TLS over it, for a reason that is told: a certificate, or no TLS on the other side.
    NoTls(String),
    /// No whole answer within the time-out.
    AnswerTimedOut,
    /// The connection was cut, or what was answered is not HTTP. The reason is told.
    BrokenOff(String),
    /// An answer of HTTP that is none of the cloud's.
    NotTheCloud {
        /// The HTTP status.
        http_status: u16,
    },
    /// The cloud, or a gateway before it, says that it is not well.
    CloudInTrouble(CloudAnswer),
}

impl ConnectError {
    pub(super) fn of(no_answer: &NoAnswer) -> Self {
        match no_answer {
            NoAnswer::NotSent(error) if error.is_timeout() => Self::ConnectingTimedOut,
            NoAnswer::NotSent(error) => Self::of_connector(error),
            NoAnswer::Nothing(error) | NoAnswer::HeadOnly { cause: Some(error), .. } if error.is_timeout() => {
                Self::AnswerTimedOut
            }
            NoAnswer::Nothing(error) | NoAnswer::HeadOnly { cause: Some(error), .. } => {
                Self::BrokenOff(innermost(error))
            }
            NoAnswer::HeadOnly { http_status, cause: None } => Self::NotTheCloud { http_status: *http_status },
        }
    }

    /// The HTTP client tells its steps apart only in words: a name is looked up, a socket is connected, TLS follows.
    fn of_connector(error: &reqwest::Error) -> Self {
        let words: Vec<String> = chain(error).map(ToString::to_string).collect();
        let kind = chain(error).find_map(|error| error.downcast_ref::<io::Error>()).map(io::Error::kind);
        if words.iter().any(|words| words == "dns error") {
            Self::UnknownName
        } else if kind == Some(io::ErrorKind::ConnectionRefused) {
            Self::ConnectionRefused
        } else if words.iter().any(|words| words == "tcp connect error") {
            Self::NoConnection(innermost(error))
        } else if error.url().is_some_and(|url| url.scheme() == "https") {
            Self::NoTls(innermost(error))
        } else {
            Self::NoConnection(innermost(error))
        }
    }
}

fn chain<'error>(error: &'error (dyn Error + 'static)) -> impl Iterator<Item = &'error (dyn Error + 'static)> {
    iter::successors(Some(error), |error| (*error).source())
}

/// Gives the words of the first cause, which say most, on one line.
fn innermost(error: &reqwest::Error) -> String {
    let cause = chain(error).last().map(ToString::to_string).unwrap_or_default();
    cause.split_whitespace().collect::<Vec<_>>().join(" ")
}
