//! Where a database is and as whom it is reached, in the forms that libpq takes.
//!
//! What cannot be read is never repeated: a password may stand anywhere in it.

mod error;
mod keyword;
mod read;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fmt, str::FromStr};

use sqlx::postgres::PgConnectOptions;

pub use self::error::AddressError;
use self::keyword::Keyword;

/// The address of a database. It is printed as a URL, without its password.
///
/// Both forms of <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING> are read:
/// `postgres://user:password@host:port/database?sslmode=…` and `host=… user=… dbname=…`. What is not set comes from the
/// variables (`PGPASSWORD` and others) and the password file that libpq knows.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(BTreeMap<Keyword, String>);

/// How a URL begins.
const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

impl Address {
    /// Says whether a text is meant for the address of a PostgreSQL database, well formed or not.
    pub fn is_meant(text: &str) -> bool {
        SCHEMES.iter().any(|scheme| text.starts_with(scheme)) || is_of_pairs(text)
    }

    fn get(&self, keyword: Keyword) -> Option<&str> {
        self.0.get(&keyword).map(String::as_str)
    }

    /// Gives what the library connects with.
    ///
    /// Its own reader is given each part by name: among the parts of a URL it knows no IPv6 address and no socket. Only it
    /// can look into the password file.
    pub(crate) fn options(&self) -> Result<PgConnectOptions, sqlx::Error> {
        let part = |(keyword, value): (&Keyword, &String)| format!("{}={}", keyword.as_str(), encoded(value));
        let parts: Vec<_> = self.0.iter().map(part).collect();
        PgConnectOptions::from_str(&format!("postgres:?{}", parts.join("&")))
    }
}

/// `host=…`, but no URL with a parameter.
fn is_of_pairs(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, _)| Keyword::is_known(name.trim()))
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let url = SCHEMES.iter().find_map(|scheme| text.strip_prefix(scheme));
        let pairs = match url {
            Some(rest) => read::url(rest)?,
            None if is_of_pairs(text) => read::pairs(text)?,
            None => return Err(AddressError::Form),
        };
        let mut set = BTreeMap::new();
        for (keyword, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            set.insert(keyword, keyword.check(value)?);
        }
        let address = Self(set);
        if address.get(Keyword::Host).is_some() && address.get(Keyword::HostAddr).is_some() {
            return Err(AddressError::HostTwice);
        }
        Ok(address)
    }
}

/// Writes a text as a part of a URL.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let write = |byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(write).collect()
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SCHEMES[0])?;
        let password = if self.get(Keyword::Password).is_some() { ":***" } else { "" };
        match self.get(Keyword::User) {
            Some(user) => write!(f, "{}{password}@", encoded(user))?,
            None if password.is_empty() => {}
            None => write!(f, "{password}@")?,
        }
        let host = self.get(Keyword::Host).filter(|host| !host.starts_with('/'));
        match host {
            Some(host) if host.contains(':') => write!(f, "[{host}]")?,
            Some(host) => f.write_str(&encoded(host))?,
            None => {}
        }
        // Without a host there is no place for the port.
        if let (Some(_), Some(port)) = (host, self.get(Keyword::Port)) {
            write!(f, ":{port}")?;
        }
        if let Some(database) = self.get(Keyword::Dbname) {
            write!(f, "/{}", encoded(database))?;
        }
        let is_elsewhere = |keyword: Keyword| match keyword {
            Keyword::User | Keyword::Password | Keyword::Dbname => true,
            Keyword::Host | Keyword::Port => host.is_some(),
            Keyword::HostAddr
            | Keyword::SslMode
            | Keyword::SslRootCert
            | Keyword::SslCert
            | Keyword::SslKey
            | Keyword::Options => false,
        };
        let mut mark = '?';
        for (keyword, value) in self.0.iter().filter(|(keyword, _)| !is_elsewhere(**keyword)) {
            // A path stays readable.
            let value = encoded(value).replace("%2F", "/");
            write!(f, "{mark}{}={value}", keyword.as_str())?;
            mark = '&';
        }
        Ok(())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
