//! The section `log`.

use serde::{Deserialize, Serialize};

/// The log, on standard error.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// How a line looks.
    pub format: LogFormat,
    /// What is logged, as in `info,hongbao_store=debug`.
    pub filter: String,
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase", try_from = "String")]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// For programs: one object a line.
    Json,
}

impl TryFrom<String> for LogFormat {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "pretty" => Ok(Self::Pretty),
            "json" => Ok(Self::Json),
            _ => Err(format!("`{text}` is neither pretty nor json")),
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        // The dispatcher cries error whenever a client sends what is not HTTP.
        Self { format: LogFormat::Pretty, filter: "info,actix_server=warn,actix_http::h1::dispatcher=off".to_owned() }
    }
}
