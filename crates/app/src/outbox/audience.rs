//! Who is told, as far as this server knows.

use std::sync::Arc;

use hongbao_domain::webhook::Endpoint;
use hongbao_ports::Fault;

use super::Outbox;

impl Outbox {
    /// Reads the endpoints, and has batches tell those that are enabled from now on. Call it once before the first batch.
    pub async fn refresh(&self) -> Result<Vec<Endpoint>, Fault> {
        let endpoints = self.deps.queries.endpoints().await?;
        let audience = self.deps.audience.clone().with(&endpoints);
        self.audience.send_if_modified(|known| {
            let is_other = **known != audience;
            if is_other {
                *known = Arc::new(audience);
            }
            is_other
        });
        Ok(endpoints)
    }
}
