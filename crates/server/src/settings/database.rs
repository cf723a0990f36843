//! Where the store is, and how it is reached.

use std::{fmt, num::NonZeroUsize, time::Duration};

use hongbao_postgres::{Address, AddressError, Connections, Pooler};
use secrecy::ExposeSecret;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{
    HumanDuration, Secret, Settings,
    secret::{MASK, masked},
};
use crate::error::CliError;

/// The store. All but `url` is for PostgreSQL only.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Database {
    /// `sqlite://path/to/file.db` or `postgres://user:password@host:port/database`. Unset: `sqlite://data/hongbao.db`, for
    /// the demo `sqlite://data/demo.db`.
    pub(crate) url: Option<Url>,
    /// Whether the server brings an older schema up to date. If not, `hongbao migrate` does.
    pub(crate) migrate: bool,
    /// Where migrations go, if not to `url`: past a pooler, or as another role. Empty: to `url`.
    pub(crate) migration_url: Url,
    /// What stands between the server and the database.
    pub(crate) pooler: PoolerKind,
    /// The most connections that one server holds for its work; one more is kept for probes.
    pub(crate) connections: u32,
    /// How many batches of one server may be at the database side by side.
    pub(crate) writers: NonZeroUsize,
    /// How long a request waits for a connection.
    pub(crate) acquire_timeout: HumanDuration,
    /// How long one statement may take.
    pub(crate) statement_timeout: HumanDuration,
    /// How long one statement may wait for rows that others hold.
    pub(crate) lock_timeout: HumanDuration,
}

/// While one batch waits for the disk the next one is at work.
const WRITERS: NonZeroUsize = NonZeroUsize::new(2).expect("2 is not 0");

impl Default for Database {
    fn default() -> Self {
        Self {
            url: None,
            migrate: true,
            migration_url: Url::default(),
            pooler: PoolerKind::None,
            connections: 16,
            writers: WRITERS,
            acquire_timeout: HumanDuration::seconds(3),
            statement_timeout: HumanDuration::seconds(5),
            lock_timeout: HumanDuration::seconds(2),
        }
    }
}

/// What stands between the server and the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase", try_from = "String")]
pub(crate) enum PoolerKind {
    None,
    Transaction,
}

impl TryFrom<String> for PoolerKind {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "none" => Ok(Self::None),
            "transaction" => Ok(Self::Transaction),
            _ => Err(format!("`{text}` is neither none nor transaction")),
        }
    }
}

/// The address of a store. It is printed without the password in it; what cannot be read is not printed at all.
#[derive(Clone, Default)]
pub(crate) struct Url(Secret);

impl Url {
    pub(crate) fn as_str(&self) -> &str {
        self.0.0.expose_secret()
    }
}

impl From<&str> for Url {
    fn from(text: &str) -> Self {
        Self(Secret(text.to_owned().into()))
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.as_str();
        match text.parse::<Address>() {
            Ok(address) => fmt::Display::fmt(&address, f),
            // There is no password in the name of a file.
            Err(_) if text.is_empty() || text.starts_with("sqlite://") => f.write_str(text),
            Err(_) => f.write_str(MASK),
        }
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<'de> Deserialize<'de> for Url {
    /// Refuses a masked password, as `hongbao config` prints it: the database would only say that it is wrong.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let url = Secret::deserialize(deserializer).map(Self)?;
        if is_masked(url.as_str()) { Err(masked()) } else { Ok(url) }
    }
}

impl Serialize for Url {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Whether the password in it is a mask, which hides nothing.
pub(crate) fn is_masked(url: &str) -> bool {
    url.contains(&format!(":{MASK}@")) || url.contains(&format!("password={MASK}"))
}

/// Which store is set.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// One file.
    Sqlite(String),
    /// A database.
    Postgres(Url),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(url) => f.write_str(url),
            Self::Postgres(url) => fmt::Display::fmt(url, f),
        }
    }
}

impl Place {
    /// Reads a store's address, and says what is wrong with it without repeating it: there may be a password in it.
    ///
    /// The library would take any text for a path, and lose the money of a store in memory with the process.
    pub(crate) fn parse(url: &str) -> Result<Self, WrongPlace> {
        if Address::is_meant(url) {
            url.parse::<Address>().map_err(WrongPlace::Address)?;
            return Ok(Self::Postgres(url.into()));
        }
        match url.strip_prefix("sqlite://") {
            Some(path) if !path.is_empty() && !path.starts_with(['?', ':']) && !path.contains("mode=memory") => {
                Ok(Self::Sqlite(url.to_owned()))
            }
            Some(_) | None => Err(WrongPlace::Form),
        }
    }
}

/// Why a text is no address of a store. Put the name of what sets it before this.
#[derive(Debug, Clone, Copy)]
pub(crate) enum WrongPlace {
    /// It is like none.
    Form,
    /// It is meant for a PostgreSQL database.
    Address(AddressError),
}

impl fmt::Display for WrongPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str(
                "names no store; it must be like sqlite://data/hongbao.db or postgres://user:password@host/database",
            ),
            Self::Address(error) => write!(f, "cannot be used: {error}"),
        }
    }
}

impl Settings {
    /// Gives the store that is set; the demo has a store of its own.
    pub(crate) fn place(&self, demo: bool) -> Result<Place, CliError> {
        let usual = if demo { "sqlite://data/demo.db" } else { "sqlite://data/hongbao.db" };
        Place::parse(self.database.url.as_ref().map_or(usual, Url::as_str))
            .map_err(|wrong| CliError::new(format!("database.url {wrong}")).with_code("settings_invalid"))
    }

    /// Gives how many batches may be at the store side by side: one at a SQLite file, which has a single write lock.
    pub(crate) fn writers(&self, demo: bool) -> Result<usize, CliError> {
        Ok(match self.place(demo)? {
            Place::Sqlite(_) => 1,
            Place::Postgres(_) => self.database.writers.get(),
        })
    }

    /// For how long the store is tried. A request has time left for an answer when it is given up.
    pub(crate) fn patience(&self) -> Duration {
        self.http.deadline.0 / 2
    }

    /// Gives the settings of the PostgreSQL database at `url`.
    pub(crate) fn postgres(&self, url: &Url) -> Result<hongbao_postgres::Settings, CliError> {
        let database = &self.database;
        let invalid = |sentence: String| CliError::new(sentence).with_code("settings_invalid");
        let writers = u32::try_from(database.writers.get()).unwrap_or(u32::MAX);
        let connections = Connections::divide(database.connections, writers).ok_or_else(|| {
            invalid(format!(
                "database.connections must be at least database.writers + {}: one for each writer, and one each for \
                questions about lost commits, for other steps, for reads and for sweeps",
                Connections::BESIDE_WRITERS
            ))
        })?;
        if !database.migration_url.as_str().is_empty() {
            let address = database.migration_url.as_str().parse::<Address>();
            address.map_err(|error| invalid(format!("database.migration_url cannot be used: {error}")))?;
        }
        let migration_url = Some(database.migration_url.as_str()).filter(|url| !url.is_empty());
        Ok(hongbao_postgres::Settings {
            url: url.as_str().to_owned(),
            migrate: database.migrate,
            migration_url: migration_url.map(str::to_owned),
            pooler: match database.pooler {
                PoolerKind::None => Pooler::None,
                PoolerKind::Transaction => Pooler::Transaction,
            },
            connections,
            acquire_timeout: database.acquire_timeout.0,
            statement_timeout: database.statement_timeout.0,
            lock_timeout: database.lock_timeout.0,
            patience: self.patience(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_printed() {
        for (url, shown) in [
            (
                "postgres://hb:s3cret@db:5432/hongbao?sslmode=require",
                "postgres://hb:***@db:5432/hongbao?sslmode=require",
            ),
            ("postgres://db/hongbao?user=hb&password=s3cret", "postgres://hb:***@db/hongbao"),
            ("host=db user=hb password=s3cret dbname=hongbao", "postgres://hb:***@db/hongbao"),
            ("postgres://hb@db/hongbao", "postgres://hb@db/hongbao"),
            ("sqlite://data/hongbao.db", "sqlite://data/hongbao.db"),
            ("", ""),
        ] {
            assert_eq!(Url::from(url).to_string(), shown);
            assert_eq!(format!("{:?}", Url::from(url)), shown);
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_printed_at_all() {
        for url in [
            "postgres://hb:p@s3cret@db/hongbao",
            "postgres://hb:p/s3cret@db/hongbao",
            "postgres://hb@db/hongbao?sslpassword=s3cret",
            "postgres://hb@db/hongbao?s3cret=s3cret",
            "mysql://hb:s3cret@db/hongbao",
            "hb:s3cret@db/hongbao",
            "s3cret",
            "host=db password='s3cret",
            "host=db password=my s3cret",
        ] {
            assert_eq!(Url::from(url).to_string(), "***");
            let wrong = Place::parse(url).unwrap_err().to_string();
            assert!(!wrong.contains("s3cret"), "{wrong}");
            let database = Database { migration_url: url.into(), ..Database::default() };
            let settings = Settings { database, ..Settings::default() };
            let wrong = settings.postgres(&Url::from("postgres://db/hongbao")).unwrap_err().to_string();
            assert!(wrong.contains("database.migration_url") && !wrong.contains("s3cret"), "{wrong}");
        }
    }

    /// Settings of a database at `url` with so many connections and writers.
    fn with(url: &str, connections: u32, writers: usize) -> Settings {
        let writers = NonZeroUsize::new(writers).unwrap();
        let database = Database { url: Some(url.into()), connections, writers, ..Database::default() };
        Settings { database, ..Settings::default() }
    }

    #[test]
    fn every_kind_of_work_has_a_connection() {
        let url = Url::from("postgres://db/hongbao");
        for (connections, writers, is_enough) in [(6, 2, true), (5, 2, false), (5, 1, true), (4, 1, false)] {
            let settings = with(url.as_str(), connections, writers).postgres(&url);
            assert_eq!(settings.is_ok(), is_enough, "{connections} connections, {writers} writers");
        }
    }

    #[test]
    fn a_file_has_one_writer_whatever_is_set() {
        assert_eq!(with("sqlite://data/hongbao.db", 16, 4).writers(false).unwrap(), 1);
        assert_eq!(with("postgres://db/hongbao", 16, 4).writers(false).unwrap(), 4);
        assert_eq!(Settings::default().database.writers, WRITERS);
    }

    #[test]
    fn the_scheme_says_which_store_it_is() {
        assert!(matches!(Place::parse("postgres://db/hongbao"), Ok(Place::Postgres(_))));
        assert!(matches!(Place::parse("postgresql://db/hongbao"), Ok(Place::Postgres(_))));
        assert!(matches!(Place::parse("sqlite://data/hongbao.db"), Ok(Place::Sqlite(_))));
        for url in ["", "data/hongbao.db", "sqlite://", "sqlite://:memory:", "sqlite://x?mode=memory", "mysql://db/x"] {
            assert!(Place::parse(url).is_err(), "{url}");
        }
    }
}
