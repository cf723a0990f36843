//! What the cloud answers instead of a result.

use std::fmt;

use actix_web::http::StatusCode;
use serde_json::{Value, json};

/// A refusal or failure of the cloud, as <https://docs.rongcloud.cn/platform-chat-api/code> tabulates them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum CloudError {
    /// The app key is not that of the app.
    WrongAppKey,
    /// The signature does not fit, or a header that it needs is missing.
    WrongSignature,
    /// A required parameter is absent or empty.
    Missing(&'static str),
    /// A parameter is repeated more often than allowed.
    TooMany { parameter: &'static str, limit: usize },
    /// The value of a parameter is longer than allowed.
    TooLong(&'static str),
    /// No further user may be registered.
    TooManyUsers,
    /// The path exists, but not for this method.
    MethodNotAllowed,
    /// A rejection that somebody asked for.
    Rejected,
    /// A rate limit that somebody asked for.
    RateLimited,
    /// An internal error that somebody asked for.
    Internal,
}

impl CloudError {
    /// The business code, a JSON number.
    pub(crate) fn code(&self) -> u16 {
        match self {
            Self::MethodNotAllowed => 405,
            Self::Internal => 1000,
            Self::WrongAppKey | Self::Missing(_) | Self::TooMany { .. } | Self::Rejected => 1002,
            Self::WrongSignature => 1004,
            Self::TooLong(_) => 1005,
            Self::RateLimited => 1008,
            Self::TooManyUsers => 2007,
        }
    }

    /// The HTTP status that goes with the code.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::WrongAppKey | Self::Missing(_) | Self::TooMany { .. } | Self::TooLong(_) | Self::Rejected => {
                StatusCode::BAD_REQUEST
            }
            Self::WrongSignature => StatusCode::UNAUTHORIZED,
            Self::TooManyUsers => StatusCode::FORBIDDEN,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The body of the answer to a request for `path`.
    pub(crate) fn to_body(&self, path: &str) -> Value {
        json!({ "url": path, "code": self.code(), "errorMessage": self.to_string() })
    }
}

/// The cloud's own words where they are known, grammar included; callers must not depend on any of them.
impl fmt::Display for CloudError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongAppKey => f.write_str("invalid App-Key."),
            Self::WrongSignature => f.write_str("签名错误，请检查。"),
            Self::Missing(parameter) => write!(f, "{parameter} is required."),
            Self::TooMany { parameter, limit } => {
                write!(f, "the number of {parameter} should less than {limit}.")
            }
            Self::TooLong(parameter) => write!(f, "{parameter} is too long."),
            Self::TooManyUsers => f.write_str("the number of users exceeds the limit."),
            Self::MethodNotAllowed => f.write_str("method not allowed."),
            Self::Rejected => f.write_str("rejected on demand."),
            Self::RateLimited => f.write_str("rate limit exceeded on demand."),
            Self::Internal => f.write_str("internal error on demand."),
        }
    }
}
