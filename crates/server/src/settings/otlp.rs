//! The section `otlp`.

use std::time::Duration;

use reqwest::Url;
use serde::{Deserialize, Serialize};

use super::HumanDuration;
use crate::error::CliError;

/// Where traces go, by the OpenTelemetry protocol over HTTP.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Otlp {
    /// The whole address of the collector, as in `http://127.0.0.1:4318/v1/traces`. Empty: there are no traces.
    pub endpoint: String,
    /// Which part of the requests is traced whose caller has not decided it: 0 to 1.
    pub sample_ratio: f64,
    /// How long one export may take.
    pub timeout: HumanDuration,
}

impl Default for Otlp {
    fn default() -> Self {
        Self { endpoint: String::new(), sample_ratio: 1.0, timeout: HumanDuration(Duration::from_secs(5)) }
    }
}

impl Otlp {
    /// Gives the collector's address, if traces are on, and refuses what cannot be used.
    pub(crate) fn collector(&self) -> Result<Option<Url>, CliError> {
        if !(0.0..=1.0).contains(&self.sample_ratio) {
            return Err(CliError::new("otlp.sample_ratio must be from 0 to 1"));
        }
        if self.timeout.0.is_zero() || self.timeout.0 > Duration::from_mins(1) {
            return Err(CliError::new("otlp.timeout must be more than 0 s and at most 60 s"));
        }
        if self.endpoint.is_empty() {
            return Ok(None);
        }
        let url = self.endpoint.parse::<Url>().ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let url = url.ok_or_else(|| {
            CliError::new("otlp.endpoint must be an address like http://127.0.0.1:4318/v1/traces, or empty")
        })?;
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
            // It is printed by `hongbao config`, and in errors.
            return Err(CliError::new(
                "otlp.endpoint must not have a password or a query in it; put what the collector wants into OTEL_EXPORTER_OTLP_HEADERS",
            ));
        }
        Ok(Some(url))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(endpoint: &str) -> Otlp {
        Otlp { endpoint: endpoint.to_owned(), ..Otlp::default() }
    }

    #[test]
    fn without_an_address_there_are_no_traces() {
        assert_eq!(Otlp::default().collector().unwrap(), None);
        let url = with("https://collector:4318/v1/traces").collector().unwrap().unwrap();
        assert_eq!(url.as_str(), "https://collector:4318/v1/traces");
    }

    #[test]
    fn what_cannot_be_used_is_refused_and_a_password_not_repeated() {
        for endpoint in [
            "collector:4318",
            "ftp://collector/v1/traces",
            "http://",
            "http://hb:s3cret@collector/v1/traces",
            "http://collector/v1/traces?key=s3cret",
        ] {
            let error = with(endpoint).collector().unwrap_err().to_string();
            assert!(error.contains("otlp.endpoint") && !error.contains("s3cret"), "{endpoint}: {error}");
        }
        for sample_ratio in [-0.1, 1.1, f64::NAN] {
            assert!(Otlp { sample_ratio, ..Otlp::default() }.collector().is_err());
        }
        assert!(Otlp { timeout: HumanDuration::seconds(61), ..Otlp::default() }.collector().is_err());
    }
}
