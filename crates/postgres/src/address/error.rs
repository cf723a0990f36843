//! Why an address cannot be used, without a word from it.

use std::fmt;

/// Says what to write instead. Nothing of the address is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressError {
    /// It is in neither form.
    Form,
    /// A character that separates the parts of a URL stands within one.
    Raw(char),
    /// A `%` that encodes nothing.
    Percent,
    /// An IPv6 address without brackets, or with one.
    Ipv6,
    /// The port is no port.
    Port,
    /// There is more than one host.
    SeveralHosts,
    /// There is a host and an address of one.
    HostTwice,
    /// The address of a host is none.
    HostAddr,
    /// The mode of TLS is none.
    SslMode,
    /// A quote is not closed, or a name has no value.
    Pairs,
    /// A parameter of libpq that is not supported.
    Unsupported {
        /// Its name.
        name: &'static str,
        /// What to do about it.
        instead: &'static str,
    },
    /// A parameter that libpq does not know either.
    Unknown,
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str(
                "it must be like postgres://user:password@host:port/database or host=… user=… password=… dbname=…",
            ),
            Self::Raw(raw) => write!(
                f,
                "percent-encode a `{raw}` that is part of a user, a password or a value: write it as %{:02X}",
                u32::from(*raw)
            ),
            Self::Percent => f.write_str(
                "a `%` in it does not begin a percent-encoded character; percent-encode one that is part of a user, a password \
                or a value: write it as %25",
            ),
            Self::Ipv6 => f.write_str("an IPv6 address must stand in brackets, as in postgres://user@[::1]:5432/database"),
            Self::Port => f.write_str(
                "the port is no number from 1 to 65535; percent-encode a `:` or `/` that is part of a user or a password: \
                write them as %3A and %2F",
            ),
            Self::SeveralHosts => f.write_str("it names several hosts; name one, such as an address that follows the primary"),
            Self::HostTwice => f.write_str("it sets both host and hostaddr; set one of them"),
            Self::HostAddr => f.write_str("hostaddr is no IP address; set host to a name"),
            Self::SslMode => {
                f.write_str("sslmode must be disable, allow, prefer, require, verify-ca or verify-full")
            }
            Self::Pairs => f.write_str(
                "it must be pairs like host=… user=… password=… dbname=…; put a value with a space in it in single quotes, \
                and \\ before a quote or a \\ in it",
            ),
            Self::Unsupported { name, instead } => write!(f, "{name} is not supported: {instead}"),
            Self::Unknown => f.write_str(
                "a parameter in it is none of host, hostaddr, port, user, password, dbname, sslmode, sslrootcert, sslcert, \
                sslkey, options; percent-encode a `?` or `&` that is part of a user, a password or a value: write them as \
                %3F and %26",
            ),
        }
    }
}

impl std::error::Error for AddressError {}
