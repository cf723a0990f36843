//! The section `admin`.

use std::{fmt, net::SocketAddr};

use serde::{Deserialize, Serialize};

use crate::listen::Listen;

/// The admin API.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Admin {
    /// Where to listen for administrators, or `off`.
    pub listen: AdminListen,
}

impl Default for Admin {
    fn default() -> Self {
        Self { listen: AdminListen::At(Listen::Address(SocketAddr::from(([127, 0, 0, 1], 8089)))) }
    }
}

/// Where to listen, if at all.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub enum AdminListen {
    /// There is no admin API.
    Off,
    /// It listens there.
    At(Listen),
}

impl TryFrom<String> for AdminListen {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "off" { Ok(Self::Off) } else { text.parse().map(Self::At) }
    }
}

impl From<AdminListen> for String {
    fn from(listen: AdminListen) -> Self {
        listen.to_string()
    }
}

impl fmt::Display for AdminListen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::At(listen) => listen.fmt(f),
        }
    }
}
