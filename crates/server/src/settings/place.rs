//! Which store is set.

use std::fmt;

use hongbao_postgres::{Address, AddressError};

use super::Url;

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

#[cfg(test)]
mod tests {
    use super::*;

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
