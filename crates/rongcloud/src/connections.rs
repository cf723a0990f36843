//! Connections to the cloud, none of which is used for too long.
//!
//! The cloud balances its load per connection, so it wants one to be idle for less than 55 seconds and to carry fewer
//! than 80 requests (<https://docs.rongcloud.cn/platform-chat-api/base-url>). The HTTP client can limit the former
//! only. So the client itself is dropped after 79 requests: a connection belongs to one client, and cannot carry more
//! requests than that was lent for. A client is lent to one request at a time, so that it has one connection and its
//! requests use that one: there are as many clients as requests in progress.

use std::{
    ops::Deref,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use reqwest::{Client, redirect, retry};

use crate::{Settings, SettingsError};

const MAX_REQUESTS: u32 = 79;
/// How many clients are kept while no call needs them; their connections end by themselves. Each has certificates of
/// its own in memory.
const MAX_KEPT: usize = 128;
const MAX_IDLE: Duration = Duration::from_secs(50);
const USER_AGENT: &str = concat!("hongbao/", env!("CARGO_PKG_VERSION"));

/// Lends a client to each request.
pub(crate) struct Connections {
    connect_timeout: Duration,
    tls: bool,
    /// Those that no call has, the last used one last: it is the likeliest to have a connection.
    kept: Mutex<Vec<Kept>>,
}

struct Kept {
    client: Client,
    /// How many requests it was lent for.
    requests: u32,
}

/// A client for one request.
pub(crate) struct Lent<'a> {
    kept: &'a Mutex<Vec<Kept>>,
    client: Client,
    requests: u32,
}

impl Deref for Lent<'_> {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// Gives the client back, unless it was lent for all the requests that it may have.
impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if self.requests < MAX_REQUESTS && kept.len() < MAX_KEPT {
            kept.push(Kept { client: self.client.clone(), requests: self.requests });
        }
    }
}

impl Connections {
    /// `tls` tells whether certificates are needed at all: a machine without them can still use a local cloud.
    pub(crate) fn try_new(settings: &Settings, tls: bool) -> Result<Self, SettingsError> {
        let connect_timeout = settings.connect_timeout;
        let client = client(connect_timeout, tls).map_err(|error| SettingsError::Tls(error.into()))?;
        Ok(Self { connect_timeout, tls, kept: Mutex::new(vec![Kept { client, requests: 0 }]) })
    }

    /// Lends a client for exactly one request.
    ///
    /// Making a new one reads the system's certificates again, which takes about 4 milliseconds. It can only fail if
    /// they are gone.
    pub(crate) fn lend(&self) -> reqwest::Result<Lent<'_>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let Kept { client, requests } = match kept {
            Some(kept) => kept,
            None => Kept { client: client(self.connect_timeout, self.tls)?, requests: 0 },
        };
        Ok(Lent { kept: &self.kept, client, requests: requests + 1 })
    }
}

/// HTTP/1.1 only: two requests at a time on one connection would defeat the count. What to repeat and whom to follow is
/// decided here, so the client does neither; and the proxies of the environment are not for a server.
fn client(connect_timeout: Duration, tls: bool) -> reqwest::Result<Client> {
    let client = Client::builder()
        .user_agent(USER_AGENT)
        .http1_only()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .connect_timeout(connect_timeout)
        .pool_idle_timeout(MAX_IDLE);
    if tls { client.build() } else { client.tls_certs_only([]).build() }
}
