//! Endpoints of the app's backend.

use async_trait::async_trait;
use hongbao_domain::{outbox::Delivery, webhook::Endpoint};

/// Why an endpoint has not taken a delivery, in one sentence: it was not reached, or what it answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotTaken(pub String);

/// Delivers to endpoints.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Webhooks: Send + Sync {
    /// Sends a delivery once, signed, within the adapter's time-out. `Ok`: the endpoint has taken it, by any status of 2xx.
    async fn post(&self, endpoint: &Endpoint, delivery: &Delivery) -> Result<(), NotTaken>;
}
