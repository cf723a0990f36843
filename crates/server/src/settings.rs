//! Settings: defaults < file < environment < flags. Unknown keys are errors.

mod admin;
mod database;
mod duration;
pub(crate) mod environment;
mod friend;
mod group;
mod http;
mod im;
mod list;
mod log;
mod metrics;
mod otlp;
mod outbox;
mod place;
mod rate_limit;
mod red_packet;
mod sandbox;
mod secret;
mod size;
mod store;
mod url;

use std::{fs, io::ErrorKind, path::Path};

use config::{Config, ConfigError, File, FileFormat};
use hongbao_ports::Chain;
use serde::{Deserialize, Serialize};

pub use self::{
    admin::{Admin, AdminListen},
    database::{Database, PoolerKind},
    duration::HumanDuration,
    friend::Friend,
    group::Group,
    http::{Http, ProxyHeader},
    im::{Im, PushLanguage},
    list::List,
    log::{Log, LogFormat},
    metrics::{DurationOrOff, Metrics},
    otlp::Otlp,
    outbox::{Outbox, Webhook},
    rate_limit::{RateLimit, RateOrOff},
    red_packet::{OpenedNotice, RedPacket},
    sandbox::SandboxSection,
    secret::Secret,
    size::Size,
    url::Url,
};
pub(crate) use self::{place::Place, url::is_masked};
use crate::{error::CliError, mask};

/// Everything that can be set. Each field is the key of the same name in its section.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The HTTP side.
    pub http: Http,
    /// The admin API.
    pub admin: Admin,
    /// How often callers may ask.
    pub rate_limit: RateLimit,
    /// The store.
    pub database: Database,
    /// The IM cloud.
    pub im: Im,
    /// Red packets.
    pub red_packet: RedPacket,
    /// Groups.
    pub group: Group,
    /// Friends.
    pub friend: Friend,
    /// What the outside is told.
    pub outbox: Outbox,
    /// Endpoints of the app's backend.
    pub webhook: Webhook,
    /// What is read for those who watch the server.
    pub metrics: Metrics,
    /// Where traces go.
    pub otlp: Otlp,
    /// The sandbox of the demo.
    pub sandbox: SandboxSection,
    /// The log.
    pub log: Log,
}

impl Settings {
    /// Reads the settings from everywhere they may come from: `file`, or else `hongbao.toml` if there is one, then the
    /// environment, then `set`, which overrides single ones.
    pub fn load(file: Option<&Path>, set: &[(String, String)]) -> Result<Self, CliError> {
        Self::read(file, set).map_err(|error| error.with_code("settings_invalid"))
    }

    fn read(file: Option<&Path>, set: &[(String, String)]) -> Result<Self, CliError> {
        let environment = environment::source(std::env::vars_os())?;
        let path = file.unwrap_or(Path::new("hongbao.toml"));
        let file = File::from_str(&text(path, file.is_some())?, FileFormat::Toml);
        let mut sources = Config::builder().add_source(file).add_source(environment);
        let bad = |error| {
            if let ConfigError::FileParse { cause, .. } = &error {
                let why = without_quotes(&cause.to_string());
                return CliError::new(format!("the settings file {} cannot be read: {why}", path.display()));
            }
            // It may quote an address with a password in the wrong place.
            CliError::new(mask::quoted(&format!("the settings cannot be used: {}", without_value(&error))))
        };
        for (key, value) in set {
            sources = sources.set_override(key, value.as_str()).map_err(bad)?;
        }
        sources.build().and_then(Config::try_deserialize).map_err(bad)
    }
}

/// Reads the settings file. Only the default file may be missing; a file that is there is never passed over.
fn text(path: &Path, required: bool) -> Result<String, CliError> {
    match fs::read_to_string(path) {
        Err(error) if !required && error.kind() == ErrorKind::NotFound => Ok(String::new()),
        read => read.map_err(|error| {
            CliError::because(format_args!("the settings file {} cannot be read", path.display()), &error)
        }),
    }
}

/// Drops the lines that an error quotes from the file, for there may be a secret in them.
fn without_quotes(message: &str) -> String {
    let is_quoted = |line: &str| line.trim_start_matches(|c: char| c == ' ' || c.is_ascii_digit()).starts_with('|');
    message.lines().filter(|line| !is_quoted(line)).collect::<Vec<_>>().join(": ")
}

/// Says what is wrong with a setting. A value of the wrong type is not repeated, for there may be a secret in it.
fn without_value(error: &ConfigError) -> String {
    let text = Chain(error).to_string();
    let wrong_type = text.strip_prefix("invalid type: ").or_else(|| text.strip_prefix("invalid value: "));
    match wrong_type.and_then(|rest| rest.rsplit_once(", expected ")) {
        Some((_value, expected)) => format!("a value has the wrong type: expected {expected}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{environment::SECTIONS, im::RESERVED_OBJECT_NAMES, *};

    fn load(set: &[(&str, &str)]) -> Result<Settings, CliError> {
        let set: Vec<_> = set.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Settings::load(None, &set)
    }

    #[test]
    fn an_unknown_key_is_named() {
        let error = load(&[("http.lisen", "127.0.0.1:1")]).unwrap_err().to_string();
        assert!(error.contains("lisen"), "{error}");
        let error = load(&[("htp.listen", "127.0.0.1:1")]).unwrap_err().to_string();
        assert!(error.contains("htp"), "{error}");
    }

    #[test]
    fn a_value_that_cannot_be_read_is_refused() {
        assert!(load(&[("im.timeout", "soon")]).is_err());
        assert!(load(&[("log.format", "xml")]).is_err());
        assert!(load(&[("im.quota_share", "0")]).is_err());
    }

    #[test]
    fn an_address_in_the_wrong_place_is_not_repeated() {
        for key in ["database.connections", "database.pooler", "im.timeout", "http.listen"] {
            for address in ["postgres://hb:s3cret@db/hb", "host=db password='my s3cret'"] {
                let error = load(&[(key, address)]).unwrap_err().to_string();
                assert!(error.contains(key) && !error.contains("s3cret"), "{error}");
            }
        }
    }

    #[test]
    fn reserved_names_can_be_listed_on_the_command_line() {
        let settings = load(&[("im.reserved_object_names", "RC:RcCmd,My:Command")]).unwrap();
        assert_eq!(settings.im.reserved_object_names.0, ["RC:RcCmd", "My:Command"]);
        assert_eq!(load(&[]).unwrap().im.reserved_object_names.0, RESERVED_OBJECT_NAMES);
    }

    #[test]
    fn every_section_is_in_the_list() {
        let printed = toml::Table::try_from(Settings::default()).unwrap();
        let mut sections = SECTIONS.to_vec();
        sections.sort_unstable();
        assert_eq!(printed.keys().map(String::as_str).collect::<Vec<_>>(), sections);
    }

    #[test]
    fn a_push_text_may_be_left_to_the_language_or_be_empty() {
        let im = load(&[("im.push_language", "en"), ("im.push_opened", "")]).unwrap().im;
        assert_eq!(
            (im.push_language, im.push_red_packet, im.push_opened),
            (PushLanguage::English, None, Some(String::new()))
        );
        assert!(load(&[("im.push_language", "fr")]).is_err());
    }

    #[test]
    fn a_printed_setting_reads_back() {
        let printed = toml::to_string(&load(&[("im.timeout", "1500ms")]).unwrap()).unwrap();
        let again: Settings = toml::from_str(&printed).unwrap();
        assert_eq!(again.im.timeout.0, Duration::from_millis(1500));
    }

    #[test]
    fn a_printed_secret_is_hidden_and_its_mask_is_never_taken_for_it() {
        for (key, value) in [
            ("im.app_secret", "open-sesame"),
            ("database.url", "postgres://hb:open-sesame@db/hongbao"),
            ("database.url", "postgres://db/hongbao?user=hb&password=open-sesame"),
            ("database.migration_url", "postgres://hb:open-sesame@db/hongbao"),
        ] {
            let settings = load(&[(key, value)]).unwrap();
            let printed = toml::to_string(&settings).unwrap();
            assert!(!printed.contains("open-sesame") && !format!("{settings:?}").contains("open-sesame"), "{printed}");
            let refused = toml::from_str::<Settings>(&printed).unwrap_err().to_string();
            assert!(refused.contains("hongbao config"), "{key}: {refused}");
        }
    }
}
