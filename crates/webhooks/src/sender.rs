//! One signed call to an endpoint.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use hongbao_api::webhook::body;
use hongbao_domain::{outbox::Delivery, webhook::Endpoint};
use hongbao_ports::{Chain, Clock, NotTaken, Webhooks};
use reqwest::{Client, StatusCode, header::CONTENT_TYPE, redirect::Policy};
use tracing::{Instrument, Span};

use crate::{resolver::PublicOnly, signature::sign, target::target};

/// How endpoints are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How long one call may take.
    pub timeout: Duration,
    /// Whether endpoints may be in a private network, and be called without TLS.
    pub allow_private: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(15), allow_private: false }
    }
}

/// The client cannot be made.
#[derive(Debug)]
pub struct SettingsError(reqwest::Error);

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no client for webhooks can be made")
    }
}

impl Error for SettingsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

/// Calls endpoints over HTTP. No redirect is followed and no proxy used, so that a call goes where it was checked to go.
pub struct HttpWebhooks {
    client: Client,
    clock: Arc<dyn Clock>,
    settings: Settings,
}

impl HttpWebhooks {
    /// Prepares to call endpoints. `clock` dates the signatures.
    pub fn try_new(settings: Settings, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        let mut client = Client::builder()
            .timeout(settings.timeout)
            .redirect(Policy::none())
            .no_proxy()
            .user_agent(concat!("hongbao/", env!("CARGO_PKG_VERSION")))
            .pool_max_idle_per_host(4);
        if !settings.allow_private {
            client = client.https_only(true).dns_resolver(PublicOnly);
        }
        Ok(Self { client: client.build().map_err(SettingsError)?, clock, settings })
    }
}

#[async_trait]
impl Webhooks for HttpWebhooks {
    async fn post(&self, endpoint: &Endpoint, delivery: &Delivery) -> Result<(), NotTaken> {
        const MICROS: i64 = 1_000_000;
        let url = target(&endpoint.url, self.settings.allow_private).map_err(|error| NotTaken(error.to_string()))?;
        let (now, id, body) = (self.clock.now(), delivery.id.to_string(), body(delivery));
        let timestamp = now.to_micros() / MICROS;
        let span = hongbao_traces::call("webhook", None);
        let mut call = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", sign(endpoint.secrets(now), &id, timestamp, &body))
            .body(body);
        for (name, value) in hongbao_traces::outgoing(&span) {
            call = call.header(name, value);
        }
        let answer = call.send().instrument(span.clone()).await.map(|answer| answer.status());
        trace(&span, answer.as_ref().ok().copied());
        // The address may hold a secret of the app's, so it stays out of the reason.
        match answer.map_err(|error| NotTaken(Chain(&error.without_url()).to_string()))? {
            status if status.is_success() => Ok(()),
            StatusCode::GONE => Err(NotTaken("HTTP 410: the endpoint is gone".to_owned())),
            status => Err(NotTaken(format!("HTTP {}", status.as_u16()))),
        }
    }
}

/// Notes what an endpoint answered, if it did.
fn trace(span: &Span, answer: Option<StatusCode>) {
    if let Some(status) = answer {
        hongbao_traces::replied(span, status.as_u16(), None);
    }
    if !answer.is_some_and(|status| status.is_success()) {
        hongbao_traces::failed(span, if answer.is_some() { "rejected" } else { "unreached" });
    }
}

impl fmt::Debug for HttpWebhooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpWebhooks").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
