//! The parameters of a connection, by the names that libpq gives them.

use std::net::IpAddr;

use super::AddressError;

/// A parameter that can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Keyword {
    Host,
    HostAddr,
    Port,
    User,
    Password,
    Dbname,
    SslMode,
    SslRootCert,
    SslCert,
    SslKey,
    Options,
}

const ALL: [Keyword; 11] = [
    Keyword::Host,
    Keyword::HostAddr,
    Keyword::Port,
    Keyword::User,
    Keyword::Password,
    Keyword::Dbname,
    Keyword::SslMode,
    Keyword::SslRootCert,
    Keyword::SslCert,
    Keyword::SslKey,
    Keyword::Options,
];

/// What else libpq knows, and what to do instead.
const OTHERS: [(&str, &str); 21] = [
    ("application_name", "leave it out: Hongbao names its own sessions"),
    ("channel_binding", "leave it out, and set sslmode=verify-full"),
    ("client_encoding", "leave it out: it is always UTF8"),
    ("connect_timeout", "leave it out, and set database.acquire_timeout"),
    ("fallback_application_name", "leave it out: Hongbao names its own sessions"),
    ("gssencmode", "leave it out"),
    ("keepalives", "leave it out: each statement has its time-out"),
    ("keepalives_count", "leave it out: each statement has its time-out"),
    ("keepalives_idle", "leave it out: each statement has its time-out"),
    ("keepalives_interval", "leave it out: each statement has its time-out"),
    ("krbsrvname", "leave it out, and sign in by password or certificate"),
    ("load_balance_hosts", "leave it out, and name one host"),
    ("passfile", "leave it out, and set the variable PGPASSFILE"),
    ("require_auth", "leave it out"),
    ("service", "leave it out, and write down what that service stands for"),
    ("sslcrl", "leave it out"),
    ("sslnegotiation", "leave it out"),
    ("sslpassword", "leave it out, and give a key that is not encrypted"),
    ("sslsni", "leave it out"),
    ("target_session_attrs", "leave it out, and name the host that can be written"),
    ("tcp_user_timeout", "leave it out: each statement has its time-out"),
];

const SSL_MODES: [&str; 6] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

impl Keyword {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::HostAddr => "hostaddr",
            Self::Port => "port",
            Self::User => "user",
            Self::Password => "password",
            Self::Dbname => "dbname",
            Self::SslMode => "sslmode",
            Self::SslRootCert => "sslrootcert",
            Self::SslCert => "sslcert",
            Self::SslKey => "sslkey",
            Self::Options => "options",
        }
    }

    pub(super) fn parse(name: &str) -> Result<Self, AddressError> {
        if let Some(keyword) = ALL.into_iter().find(|keyword| keyword.as_str() == name) {
            return Ok(keyword);
        }
        let other = OTHERS.iter().find(|(other, _)| *other == name);
        Err(other.map_or(AddressError::Unknown, |(name, instead)| AddressError::Unsupported { name, instead }))
    }

    /// Says whether libpq knows the name.
    pub(super) fn is_known(name: &str) -> bool {
        !matches!(Self::parse(name), Err(AddressError::Unknown))
    }

    /// Checks a value of this parameter.
    pub(super) fn check(self, value: String) -> Result<String, AddressError> {
        let checked = match self {
            _ if value.contains('\0') => Err(AddressError::Percent),
            Self::Host | Self::HostAddr | Self::Port if value.contains(',') => Err(AddressError::SeveralHosts),
            Self::HostAddr if value.parse::<IpAddr>().is_err() => Err(AddressError::HostAddr),
            Self::Port if !value.parse::<u16>().is_ok_and(|port| port > 0) => Err(AddressError::Port),
            Self::SslMode if !SSL_MODES.contains(&value.as_str()) => Err(AddressError::SslMode),
            Self::Host
            | Self::HostAddr
            | Self::Port
            | Self::User
            | Self::Password
            | Self::Dbname
            | Self::SslMode
            | Self::SslRootCert
            | Self::SslCert
            | Self::SslKey
            | Self::Options => Ok(()),
        };
        checked.map(|()| value)
    }
}
