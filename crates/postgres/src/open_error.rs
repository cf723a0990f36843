//! Why the store cannot be opened.

use std::fmt;

use crate::{AddressError, EnvironmentError, MigrateError};

/// Says why the store cannot be opened.
#[derive(Debug)]
pub enum OpenError {
    /// The URL cannot be used.
    Url(AddressError),
    /// The database cannot be reached, or does not let us in.
    Connect(sqlx::Error),
    /// A pooler does not pass on the limits of a session.
    Pooled(sqlx::Error),
    /// The database is not one that the store can be kept in.
    Environment(EnvironmentError),
    /// The schema cannot be brought up to date, or is not that of this version.
    Migrate(MigrateError),
    /// Migrations would go through a pooler that gives us another session in each transaction.
    NoDirectUrl,
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Url(_) => "the database's address cannot be used",
            Self::Connect(_) => "the database cannot be reached",
            Self::Environment(_) => "the database does not fit",
            Self::Pooled(_) => "a pooler stands before the database; set database.pooler to transaction",
            Self::Migrate(_) => "the database's schema cannot be used",
            Self::NoDirectUrl => {
                "migrations cannot go through a pooler in transaction mode; set database.migration_url to the database itself"
            }
        })
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Url(error) => Some(error),
            Self::Connect(error) | Self::Pooled(error) => Some(error),
            Self::Environment(error) => Some(error),
            Self::Migrate(error) => Some(error),
            Self::NoDirectUrl => None,
        }
    }
}
