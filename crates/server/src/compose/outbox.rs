//! What the outside is told, by which settings.

use std::sync::Arc;

use hongbao_app::{OpenedNotice, Outbox, OutboxDeps, Timing};
use hongbao_domain::outbox::Audience;
use hongbao_ports::{Clock, Ids, query::OutboxQueries};
use hongbao_rongcloud::RongCloud;
use hongbao_store::Batches;
use hongbao_webhooks::HttpWebhooks;

use crate::{
    error::CliError,
    settings::{self, Settings},
    store::Store,
};

/// Says what a claim has to do with the notice to the sender.
pub(super) const fn opened_notice(settings: &Settings) -> OpenedNotice {
    match settings.red_packet.opened_notice {
        settings::OpenedNotice::Required => OpenedNotice::Required,
        settings::OpenedNotice::Deferred => OpenedNotice::Deferred,
        settings::OpenedNotice::Off => OpenedNotice::Off,
    }
}

/// Says who is told by notices.
fn by_notice(settings: &Settings) -> Audience {
    Audience {
        tells_of_claims: opened_notice(settings) == OpenedNotice::Deferred,
        tells_of_refunds: settings.red_packet.refunded_notice,
        endpoints: Vec::new(),
    }
}

/// Says who is told, with the endpoints as they are in the store now.
pub(crate) async fn audience(settings: &Settings, store: &dyn OutboxQueries) -> Result<Audience, hongbao_ports::Fault> {
    Ok(by_notice(settings).with(&store.endpoints().await?))
}

/// How endpoints are called.
fn webhooks(settings: &Settings) -> hongbao_webhooks::Settings {
    hongbao_webhooks::Settings {
        timeout: settings.webhook.timeout.0,
        allow_private: settings.webhook.allow_private_targets,
    }
}

/// What delivers, over the store as background work sees it.
pub(super) struct Parts {
    pub(super) ledger: Arc<Batches>,
    pub(super) background: Arc<dyn Store>,
    pub(super) cloud: Arc<RongCloud>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ids: Arc<dyn Ids>,
    pub(super) timing: Timing,
}

impl Parts {
    /// Puts together what delivers, and makes sure that the first batch tells those who are to be told.
    pub(super) async fn outbox(self, settings: &Settings) -> Result<Outbox, CliError> {
        let webhooks = HttpWebhooks::try_new(webhooks(settings), self.clock)
            .map_err(|error| CliError::because("webhooks cannot be called", &error))?;
        let deps = OutboxDeps {
            commands: self.ledger.clone(),
            queries: self.background,
            im_cloud: self.cloud,
            webhooks: Arc::new(webhooks),
            ids: self.ids,
            timing: self.timing,
            webhook_timeout: settings.webhook.timeout.0,
            interval: settings.outbox.interval.0,
            audience: by_notice(settings),
        };
        let outbox = Outbox::new(deps, self.ledger.audience());
        outbox
            .refresh()
            .await
            .map_err(|fault| CliError::because("the endpoints of webhooks cannot be read", &fault))?;
        Ok(outbox)
    }
}
