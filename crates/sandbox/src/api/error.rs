//! What the cloud answers instead of a result.

use std::fmt;

use actix_web::http::StatusCode;
use serde_json::{Value, json};

use super::Code;
use crate::cloud::Crowded;

/// A refusal or failure of the cloud, as <https://docs.rongcloud.cn/platform-chat-api/code> tabulates them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum CloudError {
    /// The app key is not that of the app.
    WrongAppKey,
    /// The signature does not fit, or a header that it needs is missing.
    WrongSignature,
    /// A required parameter is absent or empty.
    Missing(&'static str),
    /// A parameter has a value that it must not have.
    Malformed(&'static str),
    /// A parameter is repeated more often than allowed.
    TooMany { parameter: &'static str, limit: usize },
    /// The value of a parameter is longer than allowed.
    TooLong(&'static str),
    /// A user who must have registered did not, as `/user/refresh.json` says it.
    NotRegistered(String),
    /// A user who is asked about never registered, as `/user/info.json` says it.
    UnknownUser { http_status: u16 },
    /// A group would have more members than allowed.
    GroupFull { code: u16 },
    /// The sandbox has no room for more. The real cloud refuses users of a development environment like this.
    Crowded,
    /// More is asked for than the quota of the path allows.
    OverQuota,
    /// The path is documented, and belongs to a service that the app has not enabled.
    NotEnabled,
    /// The path exists, but not for this method.
    MethodNotAllowed,
    /// A fault asks for this error.
    OnDemand(Code),
}

impl CloudError {
    /// The business code, a JSON number.
    pub(crate) fn code(&self) -> u16 {
        match self {
            Self::UnknownUser { .. } => 400,
            Self::GroupFull { code } => *code,
            Self::MethodNotAllowed => 405,
            Self::WrongAppKey
            | Self::Missing(_)
            | Self::Malformed(_)
            | Self::TooMany { .. }
            | Self::NotRegistered(_) => 1002,
            Self::WrongSignature => 1004,
            Self::TooLong(_) => 1005,
            Self::OverQuota => 1008,
            Self::NotEnabled => 1009,
            Self::Crowded => 2007,
            Self::OnDemand(code) => code.value(),
        }
    }

    /// The HTTP status that goes with the code.
    pub(crate) fn status(&self) -> StatusCode {
        let status = match self {
            Self::UnknownUser { http_status } => *http_status,
            Self::GroupFull { .. } => 405,
            Self::WrongAppKey
            | Self::WrongSignature
            | Self::Missing(_)
            | Self::Malformed(_)
            | Self::TooMany { .. }
            | Self::TooLong(_)
            | Self::NotRegistered(_)
            | Self::Crowded
            | Self::OverQuota
            | Self::NotEnabled
            | Self::MethodNotAllowed
            | Self::OnDemand(_) => Code::parse(self.code()).map_or(400, Code::http_status),
        };
        StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST)
    }

    /// The body of the answer to a request for `path`.
    pub(crate) fn to_body(&self, path: &str) -> Value {
        json!({ "url": path, "code": self.code(), "errorMessage": self.to_string() })
    }
}

impl From<Crowded> for CloudError {
    fn from(Crowded: Crowded) -> Self {
        Self::Crowded
    }
}

/// The cloud's own words where they are known, grammar included; callers must not depend on any of them.
impl fmt::Display for CloudError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongAppKey => f.write_str("invalid App-Key."),
            Self::WrongSignature => f.write_str("签名错误，请检查。"),
            Self::Missing(parameter) => write!(f, "{parameter} is required."),
            Self::Malformed(parameter) => write!(f, "{parameter} is invalid."),
            Self::TooMany { parameter, limit } => {
                write!(f, "the number of {parameter} should less than {limit}.")
            }
            Self::TooLong(parameter) => write!(f, "{parameter} is too long."),
            Self::NotRegistered(user_id) => write!(f, "userId{user_id} is not exist."),
            Self::UnknownUser { .. } => f.write_str("the user ID does not exist."),
            Self::GroupFull { .. } => f.write_str("群容量超出上限。"),
            Self::Crowded => f.write_str("the sandbox is full."),
            Self::OverQuota => f.write_str("rate limit exceeded."),
            Self::NotEnabled => f.write_str("service not enabled."),
            Self::MethodNotAllowed => f.write_str("method not allowed."),
            Self::OnDemand(code) => write!(f, "on demand: {}", code.meaning()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_the_http_status_of_its_code() {
        let pairs = [
            (CloudError::WrongAppKey, 400, 1002),
            (CloudError::WrongSignature, 401, 1004),
            (CloudError::Missing("a"), 400, 1002),
            (CloudError::Malformed("a"), 400, 1002),
            (CloudError::TooMany { parameter: "a", limit: 1 }, 400, 1002),
            (CloudError::TooLong("a"), 400, 1005),
            (CloudError::NotRegistered("a".to_owned()), 400, 1002),
            (CloudError::UnknownUser { http_status: 404 }, 404, 400),
            (CloudError::GroupFull { code: 1005 }, 405, 1005),
            (CloudError::Crowded, 403, 2007),
            (CloudError::OverQuota, 429, 1008),
            (CloudError::NotEnabled, 430, 1009),
            (CloudError::MethodNotAllowed, 405, 405),
        ];

        for (error, status, code) in pairs {
            assert_eq!((error.status().as_u16(), error.code()), (status, code), "{error}");
        }
        for code in Code::all() {
            let error = CloudError::OnDemand(code);
            assert_eq!((error.status().as_u16(), error.code()), (code.http_status(), code.value()));
        }
    }
}
