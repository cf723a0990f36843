//! What the outside is told, and what of it is not delivered.

use hongbao_domain::{
    admin::RefusalCode,
    id::{EndpointId, EventId},
    outbox::{Delivery, DropDelivery, NoDelivery, RetryDelivery},
    time::Timestamp,
};
use hongbao_ports::{
    Failure, Fault, Submit,
    query::{Listed, Page, WaitingPlace},
};

use super::{Admin, AdminFailure, refused};

/// What is done with deliveries that are not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutboxAct {
    /// They are tried again now, and as often as new ones.
    Retry,
    /// They are forgotten.
    Drop,
}

impl Admin {
    /// Gives what is being sent, then what waits, each by when it last changed, the longest ago first.
    pub async fn undelivered(&self, page: Page<WaitingPlace>) -> Result<Vec<Delivery>, Fault> {
        self.queries.deliveries(Listed::Waiting { after: page.after }, page.limit).await
    }

    /// Gives what is tried no more, the longest parked first.
    pub async fn parked(&self, page: Page<(Timestamp, EventId)>) -> Result<Vec<Delivery>, Fault> {
        self.queries.deliveries(Listed::Parked { after: page.after }, page.limit).await
    }

    /// Does something with one delivery.
    pub async fn act_on_delivery(&self, act: OutboxAct, id: EventId) -> Result<(), AdminFailure> {
        if self.act(act, id).await? { Ok(()) } else { Err(event_not_found(id)) }
    }

    /// Does something with all that is parked, and says with how many.
    pub async fn act_on_parked(&self, act: OutboxAct) -> Result<u64, Fault> {
        const PAGE: u32 = 256;
        let mut count = 0;
        loop {
            let parked = self.parked(Page::first(PAGE)).await?;
            if parked.is_empty() {
                return Ok(count);
            }
            for delivery in parked {
                count += u64::from(self.act(act, delivery.id).await?);
            }
        }
    }

    async fn act(&self, act: OutboxAct, id: EventId) -> Result<bool, Fault> {
        match act {
            OutboxAct::Retry => self.retry_delivery(id, None).await,
            OutboxAct::Drop => self.drop_delivery(id).await,
        }
    }

    /// Has a delivery tried again; `false` if there is none, or none to that endpoint.
    pub(super) async fn retry_delivery(&self, id: EventId, to: Option<EndpointId>) -> Result<bool, Fault> {
        is_there(self.commands.submit(RetryDelivery { id, to }).await)
    }

    pub(super) async fn drop_delivery(&self, id: EventId) -> Result<bool, Fault> {
        is_there(self.commands.submit(DropDelivery { id }).await)
    }
}

fn is_there(done: Result<(), Failure<NoDelivery>>) -> Result<bool, Fault> {
    match done {
        Ok(()) => Ok(true),
        Err(Failure::Refused(NoDelivery)) => Ok(false),
        Err(Failure::Fault(fault)) => Err(fault),
    }
}

pub(super) fn event_not_found(id: EventId) -> AdminFailure {
    refused(RefusalCode::EventNotFound, format!("there is no delivery of event {id}"))
}
