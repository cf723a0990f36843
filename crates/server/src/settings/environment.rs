//! The environment as a source of settings: `HONGBAO__SECTION__KEY`.

use std::{collections::HashMap, ffi::OsString};

use config::Environment;

use crate::error::CliError;

const PREFIX: &str = "HONGBAO__";

/// No setting of a server: the token with which the command line asks one.
pub(crate) const ADMIN_TOKEN: &str = "HONGBAO_ADMIN_TOKEN";

/// The names of the sections.
pub(super) const SECTIONS: [&str; 14] = [
    "http",
    "admin",
    "rate_limit",
    "database",
    "im",
    "red_packet",
    "group",
    "friend",
    "outbox",
    "webhook",
    "metrics",
    "otlp",
    "sandbox",
    "log",
];

/// Reads the settings among `variables`.
///
/// What was meant as a setting but is not written as one is named, never passed over. The values are not repeated: there
/// may be a secret in them.
pub(super) fn source(variables: impl Iterator<Item = (OsString, OsString)>) -> Result<Environment, CliError> {
    let mut found = HashMap::new();
    for (name, value) in variables {
        let Ok(name) = name.into_string() else { continue };
        let upper = name.to_ascii_uppercase();
        if is_misspelt(&upper) {
            return Err(CliError::new(format!(
                "the environment variable {name} is no setting; a setting is written {PREFIX}SECTION__KEY, with two \
                underscores each time, and the sections are {}",
                SECTIONS.join(", ")
            )));
        }
        if upper.starts_with(PREFIX) {
            let value = value.into_string();
            let value = value.map_err(|_| CliError::new(format!("the environment variable {name} is not UTF-8")))?;
            found.insert(name, value);
        }
    }
    Ok(Environment::with_prefix("HONGBAO").prefix_separator("__").separator("__").source(Some(found)))
}

/// Whether a name, in capitals, looks like a setting and is none.
///
/// `HONGBAO_SERVICE_HOST`, `HONGBAO_HTTP_PORT_8080_TCP` and the like are what Kubernetes and Docker set in each container
/// beside a service of that name; and a deployment's scripts may have variables of their own.
fn is_misspelt(name: &str) -> bool {
    let Some(rest) = name.strip_prefix("HONGBAO_") else { return false };
    if name == ADMIN_TOKEN {
        return false;
    }
    if let Some(setting) = rest.strip_prefix('_') {
        // A whole section, or no section at all.
        return !setting.contains("__");
    }
    if rest.contains("_SERVICE_") || rest.ends_with("_PORT") || rest.contains("_PORT_") {
        return false;
    }
    let begins_a_setting = |section: &&str| {
        rest.strip_prefix(&section.to_ascii_uppercase()).is_some_and(|key| key.starts_with('_') && key.len() > 1)
    };
    rest.contains("__") || SECTIONS.iter().any(begins_a_setting)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_was_meant_as_a_setting_is_told_from_others() {
        for name in [
            "HONGBAO_IM__APP_KEY",
            "HONGBAO_IM_APP_KEY",
            "HONGBAO_IMM__APP_KEY",
            "HONGBAO_RED_PACKET_LEASE",
            "HONGBAO_ADMIN_LISTEN",
            "HONGBAO__IM_APP_KEY",
            "HONGBAO__DATABASE",
        ] {
            assert!(is_misspelt(name), "{name}");
        }
        for name in [
            "HONGBAO__IM__APP_KEY",
            "HONGBAO__IMM__APP_KEY",
            "HONGBAO",
            "HONGBAO_VERSION",
            "HONGBAO_IMAGE",
            "HONGBAO_ADMIN_TOKEN",
            "HONGBAO_PORT",
            "HONGBAO_SERVICE_HOST",
            "HONGBAO_PORT_8080_TCP_ADDR",
            "HONGBAO_HTTP_SERVICE_PORT",
            "HONGBAO_HTTP_PORT_8080_TCP",
            "HONGBAOIM__APP_KEY",
            "IM__APP_KEY",
        ] {
            assert!(!is_misspelt(name), "{name}");
        }
    }

    #[test]
    fn a_value_that_is_not_text_is_not_repeated() {
        use std::os::unix::ffi::OsStringExt;
        let value = OsString::from_vec(b"open-sesame\xff".to_vec());
        let refused = source([("HONGBAO__IM__APP_SECRET".into(), value)].into_iter()).unwrap_err().to_string();
        assert!(refused.contains("HONGBAO__IM__APP_SECRET") && !refused.contains("sesame"), "{refused}");
    }
}
