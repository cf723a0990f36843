//! The URL of a host, as an operator writes it.

use reqwest::Url;

use crate::SettingsError;

/// Gives the URL in such a form that the path of a call can be appended: without a slash at its end.
pub(super) fn parse(setting: &'static str, text: &str) -> Result<String, SettingsError> {
    let url = Url::parse(text).map_err(|_| SettingsError::Url { setting })?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if !plain {
        return Err(SettingsError::Url { setting });
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_plain_http_url() {
        for (text, url) in [
            ("https://api.rong-api.com", "https://api.rong-api.com"),
            ("HTTPS://API.rong-api.com:443/", "https://api.rong-api.com"),
            ("http://127.0.0.1:8080/cloud/", "http://127.0.0.1:8080/cloud"),
        ] {
            assert_eq!(parse("base_url", text).unwrap(), url);
        }
    }

    #[test]
    fn anything_else_is_refused_without_repeating_it() {
        for text in
            ["", "api.rong-api.com", "ftp://a", "https://me@a", "https://me:pass@a", "https://a?b=c", "https://a#b"]
        {
            let error = parse("backup_url", text).unwrap_err().to_string();
            assert_eq!(error, "backup_url must be an http or https URL without credentials, query and fragment");
        }
    }
}
