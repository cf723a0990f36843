//! What the handlers of the admin API share.

use std::{sync::Arc, time::Duration};

use hongbao_app::{ImUsers, admin::Admin};
use hongbao_domain::{
    id::Alphabet,
    webhook::{WebhookSecret, WebhookUrl},
};
use hongbao_ports::{Clock, Ids};
use tokio::runtime::Handle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::RequestMetrics;

/// Says why an address may not be called, in one sentence.
pub type CheckTarget = dyn Fn(&WebhookUrl) -> Result<(), String> + Send + Sync;

/// What the adapter that calls endpoints knows of them.
#[derive(Clone)]
pub struct WebhookRules {
    /// Says why an address may not be called, in one sentence.
    pub check_target: Arc<CheckTarget>,
    /// Writes a secret as receivers want it.
    pub print_secret: fn(&WebhookSecret) -> String,
}

/// The use cases and ports behind the admin API. A clone is the same.
#[derive(Clone)]
pub struct AdminShared {
    /// What an administrator can do.
    pub admin: Admin,
    /// Users' profiles at the IM cloud; `None` where it is not to be asked.
    pub im_users: Option<ImUsers>,
    /// The time, for the ends of sessions.
    pub clock: Arc<dyn Clock>,
    /// Names for requests and operations.
    pub ids: Arc<dyn Ids>,
    /// Gives bytes that cannot be guessed, for secrets.
    pub random: fn() -> [u8; 32],
    /// What is known of webhooks where they are called.
    pub webhooks: WebhookRules,
    /// Which characters the ids of users may have.
    pub id_alphabet: Alphabet,
    /// How long a request may take.
    pub deadline: Duration,
    /// What runs to its end when its caller has hung up. It is waited for at the stop.
    pub operations: TaskTracker,
    /// Where that runs: the connections' own threads end with them.
    pub runtime: Handle,
    /// Says that the server stops: what only reads is given up.
    pub stopping: CancellationToken,
    /// What requests came to.
    pub requests: RequestMetrics,
    /// Writes all that the server counts, in the text format of Prometheus.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
}
