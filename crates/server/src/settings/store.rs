//! What the settings say about the store, taken together.

use std::time::Duration;

use hongbao_postgres::{Address, Connections, Pooler};

use super::{Place, PoolerKind, Settings, Url};
use crate::error::CliError;

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
    pub(crate) fn retry_timeout(&self) -> Duration {
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
                questions about lost commits, for reads and for sweeps",
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
            retry_timeout: self.retry_timeout(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::{
        super::database::{Database, WRITERS},
        *,
    };

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
        for (connections, writers, is_enough) in [(5, 2, true), (4, 2, false), (4, 1, true), (3, 1, false)] {
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
}
