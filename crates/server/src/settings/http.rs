//! The section `http`.

use std::{net::SocketAddr, num::NonZeroU32};

use hongbao_app::{InFlight, Timing};
use serde::{Deserialize, Serialize};

use super::{HumanDuration, List, Size};
use crate::listen::Listen;

/// The HTTP side.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// Where to listen.
    pub listen: Listen,
    /// How long a request may take from the end of its head to its answer.
    pub deadline: HumanDuration,
    /// How many requests of one user may be in flight at once.
    pub user_in_flight: NonZeroU32,
    /// How much memory bodies may take while they are read, over all connections.
    pub body_budget: Size,
    /// How much of a body has to arrive in a second; 0: any rate will do.
    pub min_body_rate: Size,
    /// The origins whose web pages may call the API from a browser.
    pub cors_origins: List,
    /// The networks whose proxies say for whom they ask.
    pub trusted_proxies: List,
    /// The header in which they say so.
    pub proxy_header: ProxyHeader,
    /// How long a server that is told to stop serves on, not ready any more, so that balancers see it in time.
    pub shutdown_delay: HumanDuration,
    /// How long a shutdown waits for what runs.
    pub shutdown_grace: HumanDuration,
}

impl Default for Http {
    fn default() -> Self {
        let usual = hongbao_http::Settings::default();
        Self {
            listen: Listen::Address(SocketAddr::from(([127, 0, 0, 1], 8080))),
            deadline: HumanDuration(Timing::default().deadline),
            user_in_flight: InFlight::DEFAULT_LIMIT,
            body_budget: Size::new(32 << 20),
            min_body_rate: Size::new(1024),
            cors_origins: List::default(),
            trusted_proxies: List::default(),
            proxy_header: ProxyHeader::XForwardedFor,
            shutdown_delay: HumanDuration::seconds(0),
            shutdown_grace: HumanDuration(usual.grace),
        }
    }
}

/// The header in which a proxy says for whom it asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", try_from = "String")]
pub enum ProxyHeader {
    /// `X-Forwarded-For`.
    XForwardedFor,
    /// `Forwarded`.
    Forwarded,
}

impl TryFrom<String> for ProxyHeader {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "x-forwarded-for" => Ok(Self::XForwardedFor),
            "forwarded" => Ok(Self::Forwarded),
            _ => Err(format!("`{text}` is neither x-forwarded-for nor forwarded")),
        }
    }
}

impl From<ProxyHeader> for hongbao_http::ProxyHeader {
    fn from(header: ProxyHeader) -> Self {
        match header {
            ProxyHeader::XForwardedFor => Self::XForwardedFor,
            ProxyHeader::Forwarded => Self::Forwarded,
        }
    }
}
