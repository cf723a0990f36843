//! What an operator does to a delivery.

use super::{Delivery, DeliveryState, Target};
use crate::{
    id::{CommandId, EndpointId, EventId},
    store::{Book, Keys, Rule},
};

/// Asks to try a delivery again now, and as often as one that is new; also one that was delivered. A repeat does the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryDelivery {
    /// Which.
    pub id: EventId,
    /// The only endpoint that it may go to; `None` for any target.
    pub to: Option<EndpointId>,
}

/// Asks to forget a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DropDelivery {
    /// Which.
    pub id: EventId,
}

/// There is no such delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoDelivery;

impl Rule for RetryDelivery {
    type Done = ();
    type Refusal = NoDelivery;

    fn touch(&self, keys: &mut Keys) {
        keys.outbox.insert(self.id);
    }

    /// One that is being tried at this moment is tried again after it.
    fn apply(&self, book: &mut Book, _: CommandId) -> Result<(), NoDelivery> {
        let now = book.now();
        let is_meant = |delivery: &&Delivery| self.to.is_none_or(|to| delivery.target == Target::Webhook(to));
        let before = book.outbox.get(&self.id).filter(is_meant).ok_or(NoDelivery)?;
        let anew = Delivery { attempts: 0, ..before.step(DeliveryState::Waiting { due_at: now }, now) };
        book.outbox.put(anew);
        Ok(())
    }
}

impl Rule for DropDelivery {
    type Done = ();
    type Refusal = NoDelivery;

    fn touch(&self, keys: &mut Keys) {
        keys.outbox.insert(self.id);
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<(), NoDelivery> {
        if book.outbox.remove(&self.id) { Ok(()) } else { Err(NoDelivery) }
    }
}
