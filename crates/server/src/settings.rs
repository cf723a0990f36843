//! Settings: defaults < file < environment < flags. Unknown keys are errors.

mod database;
mod duration;
mod environment;
mod list;
mod secret;
mod size;

use std::{fs, io::ErrorKind, net::SocketAddr, num::NonZeroU32, path::Path, time::Duration};

use config::{Config, ConfigError, File, FileFormat};
use hongbao_app::InFlight;
use hongbao_domain::id::Alphabet;
use hongbao_ports::Chain;
use serde::{Deserialize, Serialize};

pub(crate) use self::{
    database::{Database, Place, is_masked},
    duration::HumanDuration,
    list::List,
    secret::Secret,
    size::Size,
};
use crate::{error::CliError, listen::Listen, mask};

/// Everything that can be set. Each field is the key of the same name in its section.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) http: Http,
    pub(crate) database: Database,
    pub(crate) im: Im,
    pub(crate) red_packet: RedPacket,
    pub(crate) group: Group,
    pub(crate) friend: Friend,
    pub(crate) sandbox: SandboxSection,
    pub(crate) log: Log,
}

/// The names of the sections.
const SECTIONS: [&str; 8] = ["http", "database", "im", "red_packet", "group", "friend", "sandbox", "log"];

/// The HTTP side.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Http {
    /// Where to listen.
    pub(crate) listen: Listen,
    /// How long a request may take from the end of its head to its answer.
    pub(crate) deadline: HumanDuration,
    /// How many requests of one user may be in flight at once.
    pub(crate) user_in_flight: NonZeroU32,
    /// How much memory bodies may take while they are read, over all connections.
    pub(crate) body_budget: Size,
    /// How much of a body has to arrive in a second; 0: any rate will do.
    pub(crate) min_body_rate: Size,
    /// The origins whose web pages may call the API from a browser.
    pub(crate) cors_origins: List,
    /// How long a server that is told to stop serves on, not ready any more, so that balancers see it in time.
    pub(crate) shutdown_delay: HumanDuration,
    /// How long a shutdown waits for what runs.
    pub(crate) shutdown_grace: HumanDuration,
}

/// The IM cloud.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Im {
    /// The first host.
    pub(crate) base_url: String,
    /// The other host; empty: none.
    pub(crate) backup_url: String,
    pub(crate) app_key: String,
    pub(crate) app_secret: Secret,
    /// Whether user and group ids may have letters and digits only, without `-` and `_`.
    pub(crate) plain_ids: bool,
    /// How long one call may take with all its repeats.
    pub(crate) timeout: HumanDuration,
    /// How long one try may take.
    pub(crate) attempt_timeout: HumanDuration,
    /// How long a connection may take to be there.
    pub(crate) connect_timeout: HumanDuration,
    /// The longest wait for a turn within the quota.
    pub(crate) pacing: HumanDuration,
    /// How many private messages the whole app may send in a minute; 0: as many as it likes.
    pub(crate) private_messages_per_minute: u32,
    /// How many calls on groups the whole app may make in a second; 0: as many as it likes.
    pub(crate) groups_per_second: u32,
    /// How many tokens the whole app may fetch in a second; 0: as many as it likes.
    pub(crate) get_token_per_second: u32,
    /// How many users the whole app may change in a second; 0: as many as it likes.
    pub(crate) refresh_user_per_second: u32,
    /// About how many users the whole app may ask in a second; 0: about as many as it likes.
    pub(crate) user_info_per_second: u32,
    /// Among how many replicas each quota is split evenly.
    pub(crate) quota_share: NonZeroU32,
    /// What the names of our message types begin with.
    pub(crate) notice_prefix: String,
    /// The object names that no user may send, beside those with our own prefix.
    pub(crate) reserved_object_names: List,
    /// Whether the sender's own clients get a copy of a notice, and of a message whose sender does not say.
    pub(crate) include_sender: bool,
    /// In which language phones are told of notices.
    pub(crate) push_language: PushLanguage,
    /// What a phone shows about a packet, instead of the language's own text; empty: nothing.
    pub(crate) push_red_packet: Option<String>,
    /// What a phone shows about a packet that was opened, instead of the language's own text; empty: nothing.
    pub(crate) push_opened: Option<String>,
}

/// The language of the texts that phones show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) enum PushLanguage {
    #[serde(rename = "zh")]
    Chinese,
    #[serde(rename = "en")]
    English,
}

/// What clients of the cloud obey or take for the app's own word, as
/// <https://docs.rongcloud.cn/platform-chat-api/message-about/objectname> lists it.
const RESERVED_OBJECT_NAMES: [&str; 13] = [
    "RC:RcCmd",
    "RC:RcNtf",
    "RC:CmdMsg",
    "RC:CmdNtf",
    "RC:GrpNtf",
    "RC:ContactNtf",
    "RC:ProfileNtf",
    "RC:InfoNtf",
    "RC:ReadNtf",
    "RC:RRReqMsg",
    "RC:RRRspMsg",
    "RC:SRSMsg",
    "RC:TypSts",
];

/// Red packets.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RedPacket {
    /// For how long a packet can be claimed.
    pub(crate) expires_in: HumanDuration,
    /// For how long a request is trusted to finish before others undo it.
    pub(crate) lease: HumanDuration,
    /// How often what others left behind is looked for.
    pub(crate) clean_up_interval: HumanDuration,
}

/// Groups.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Group {
    /// How often it is looked for what the IM cloud must be made to agree with.
    pub(crate) reconcile_interval: HumanDuration,
    /// How long after a check the next one of the same row is: longer than the IM cloud may take to execute a call.
    pub(crate) check_pause: HumanDuration,
}

/// Friends.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Friend {
    /// How many friends a user may have.
    pub(crate) max: NonZeroU32,
}

/// The sandbox that the demo runs beside the server.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SandboxSection {
    /// Where it listens.
    pub(crate) listen: Listen,
}

/// The log, on standard error.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Log {
    pub(crate) format: LogFormat,
    /// What is logged, as in `info,hongbao_ledger=debug`.
    pub(crate) filter: String,
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase", try_from = "String")]
pub(crate) enum LogFormat {
    Pretty,
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

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: Listen::Address(SocketAddr::from(([127, 0, 0, 1], 8080))),
            deadline: HumanDuration::seconds(10),
            user_in_flight: InFlight::DEFAULT_LIMIT,
            body_budget: Size::new(32 << 20),
            min_body_rate: Size::new(1024),
            cors_origins: List::default(),
            shutdown_delay: HumanDuration::seconds(0),
            shutdown_grace: HumanDuration::seconds(10),
        }
    }
}

impl Default for Im {
    fn default() -> Self {
        Self {
            base_url: "https://api.rong-api.com".to_owned(),
            backup_url: "https://api-b.rong-api.com".to_owned(),
            app_key: String::new(),
            app_secret: Secret::default(),
            plain_ids: false,
            timeout: HumanDuration::seconds(5),
            attempt_timeout: HumanDuration::seconds(2),
            connect_timeout: HumanDuration::seconds(1),
            pacing: HumanDuration::seconds(1),
            private_messages_per_minute: 6000,
            groups_per_second: 100,
            get_token_per_second: 200,
            refresh_user_per_second: 100,
            user_info_per_second: 100,
            quota_share: NonZeroU32::MIN,
            notice_prefix: "HB:".to_owned(),
            reserved_object_names: List(RESERVED_OBJECT_NAMES.map(str::to_owned).to_vec()),
            include_sender: false,
            push_language: PushLanguage::Chinese,
            push_red_packet: None,
            push_opened: None,
        }
    }
}

impl Im {
    /// Gives which characters ids from outside may have.
    pub(crate) const fn id_alphabet(&self) -> Alphabet {
        if self.plain_ids { Alphabet::Plain } else { Alphabet::Word }
    }
}

impl Default for RedPacket {
    fn default() -> Self {
        Self {
            expires_in: HumanDuration(Duration::from_hours(24)),
            lease: HumanDuration::seconds(15),
            clean_up_interval: HumanDuration::seconds(1),
        }
    }
}

impl Default for Group {
    fn default() -> Self {
        Self { reconcile_interval: HumanDuration::seconds(1), check_pause: HumanDuration::seconds(120) }
    }
}

impl Default for Friend {
    fn default() -> Self {
        const MAX: NonZeroU32 = NonZeroU32::new(5_000).expect("it is not zero");
        Self { max: MAX }
    }
}

impl Default for SandboxSection {
    fn default() -> Self {
        Self { listen: Listen::Address(SocketAddr::from(([127, 0, 0, 1], 9090))) }
    }
}

impl Default for Log {
    fn default() -> Self {
        // The dispatcher cries error whenever a client sends what is not HTTP.
        Self { format: LogFormat::Pretty, filter: "info,actix_server=warn,actix_http::h1::dispatcher=off".to_owned() }
    }
}

impl Settings {
    /// Reads the settings from everywhere they may come from: `file`, or else `hongbao.toml` if there is one, then the
    /// environment, then `set`, which overrides single ones.
    pub(crate) fn load(file: Option<&Path>, set: &[(String, String)]) -> Result<Self, CliError> {
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

/// Reads the settings file. Only one that nobody asked for may be missing; what is there is never passed over.
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
    use super::*;

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
