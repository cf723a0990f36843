//! What the store needs of the database that it finds, asked at the start, by a migration and by each probe.

use std::fmt;

use hongbao_ports::Fault;
use sqlx::{Executor, PgConnection, Row};

/// The encoding that holds every character of a text.
const ENCODING: &str = "UTF8";

/// A setting that is sent with each session, and its value as the database shows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sent {
    pub(crate) name: &'static str,
    pub(crate) value: &'static str,
}

/// Why the store cannot be kept there, whatever is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnvironmentError {
    /// What was sent with the session did not reach the database: a pooler stands before it.
    Pooled,
    /// The database cannot hold every character.
    Encoding(String),
}

impl fmt::Display for EnvironmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pooled => f.write_str(
                "the settings of a session do not reach the database, so a pooler stands before it; connect to the database \
                itself, or set database.pooler to transaction and database.migration_url to the database itself",
            ),
            Self::Encoding(found) => write!(
                f,
                "the database's encoding is {found} and must be UTF8, or names and messages cannot be kept; make a database \
                with ENCODING 'UTF8' TEMPLATE template0"
            ),
        }
    }
}

impl std::error::Error for EnvironmentError {}

/// Asks the database what it is, and judges it. The statement is not prepared: a pooler may stand in between.
pub(crate) async fn check(
    connection: &mut PgConnection,
    sent: Option<Sent>,
) -> Result<Result<(), EnvironmentError>, sqlx::Error> {
    let encoding: String = connection.fetch_one("SHOW server_encoding").await?.try_get(0)?;
    let found: Option<String> = match sent {
        // Only constants of ours are put into the statement.
        Some(Sent { name, .. }) => {
            let show = format!("SELECT setting FROM pg_settings WHERE name = '{name}'");
            Some(connection.fetch_one(sqlx::AssertSqlSafe(show)).await?.try_get(0)?)
        }
        None => None,
    };
    Ok(compare(encoding, sent.map(|sent| sent.value), found.as_deref()))
}

/// Compares what the database shows with what was sent.
fn compare(encoding: String, sent: Option<&str>, found: Option<&str>) -> Result<(), EnvironmentError> {
    if sent != found {
        return Err(EnvironmentError::Pooled);
    }
    if encoding != ENCODING {
        return Err(EnvironmentError::Encoding(encoding));
    }
    Ok(())
}

impl From<EnvironmentError> for Fault {
    fn from(error: EnvironmentError) -> Self {
        Self::unavailable("cannot use the database").because(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_did_not_arrive_shows_a_pooler() {
        let compare = |sent, found| compare("UTF8".to_owned(), sent, found);
        assert_eq!(compare(Some("5000"), Some("5000")), Ok(()));
        assert_eq!(compare(None, None), Ok(()), "nothing is sent where a pooler is known");
        assert_eq!(compare(Some("5000"), Some("0")), Err(EnvironmentError::Pooled));
    }

    #[test]
    fn only_utf8_holds_every_character() {
        for encoding in ["SQL_ASCII", "LATIN1", "EUC_CN"] {
            let compared = compare(encoding.to_owned(), None, None);
            assert_eq!(compared, Err(EnvironmentError::Encoding(encoding.to_owned())));
            assert!(compared.unwrap_err().to_string().contains("UTF8"));
        }
    }
}
