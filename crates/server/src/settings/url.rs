//! The address of a store, which may have a password in it.

use std::fmt;

use hongbao_postgres::Address;
use secrecy::ExposeSecret;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::secret::{MASK, Secret, masked};

/// The address of a store. It is printed without the password in it; what cannot be read is not printed at all.
#[derive(Clone, Default)]
pub struct Url(Secret);

impl Url {
    /// Gives the address as it was written, with any password in it.
    pub fn as_str(&self) -> &str {
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
}
