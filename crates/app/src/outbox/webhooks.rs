//! Deliveries to endpoints of the app's backend.

use std::collections::HashMap;

use hongbao_domain::{
    id::EndpointId,
    outbox::{Target, Tried},
    webhook::Endpoint,
};
use hongbao_ports::NotTaken;
use tokio::{
    task::{AbortHandle, JoinSet},
    time::{Instant, MissedTickBehavior, interval_at},
};

use super::{Outbox, rounds::lease_for, unreadable};

/// How many deliveries are on their way to one endpoint at once.
const AT_ONCE: usize = 4;

impl Outbox {
    /// Has each enabled endpoint served by a task of its own, so that none waits behind another that is slow.
    pub(super) async fn deliver_to_endpoints(&self) {
        let (mut tasks, mut served) = (JoinSet::new(), HashMap::<EndpointId, (Endpoint, AbortHandle)>::new());
        let mut ticks = interval_at(Instant::now(), Self::REFRESH);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            while tasks.try_join_next().is_some() {}
            let endpoints = match self.refresh().await {
                Ok(endpoints) => endpoints,
                Err(fault) => {
                    unreadable(&fault);
                    continue;
                }
            };
            served.retain(|_, (endpoint, task)| {
                let is_as_it_was = endpoints.contains(endpoint) && !task.is_finished();
                if !is_as_it_was {
                    task.abort();
                }
                is_as_it_was
            });
            for endpoint in endpoints.into_iter().filter(|endpoint| endpoint.is_enabled) {
                served.entry(endpoint.id).or_insert_with(|| {
                    let (outbox, its) = (self.clone(), endpoint.clone());
                    (endpoint, tasks.spawn(async move { outbox.serve(&its).await }))
                });
            }
        }
    }

    async fn serve(&self, endpoint: &Endpoint) {
        let lease = lease_for(self.deps.webhook_timeout);
        let deliver = |id| {
            let (webhooks, endpoint) = (self.deps.webhooks.clone(), endpoint.clone());
            self.deliver(id, lease, async move |delivery| match webhooks.post(&endpoint, &delivery).await {
                Ok(()) => Tried::Delivered,
                Err(NotTaken(why)) => Tried::Failed(why),
            })
        };
        self.deliver_all(Target::Webhook(endpoint.id), AT_ONCE, deliver).await;
    }
}
