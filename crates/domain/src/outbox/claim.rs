//! Trying a delivery: take it under a lease, then say what came of it.

use std::time::Duration;

use super::{Delivery, DeliveryState, Target};
use crate::{
    id::{CommandId, EndpointId, EventId},
    store::{Book, Keys, Rule},
    time::Timestamp,
};

/// Asks to take a delivery that is due, under a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimDelivery {
    /// Which.
    pub id: EventId,
    /// How long the one who takes it is trusted to finish.
    pub lease: Duration,
}

/// A delivery that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryLease {
    /// What to deliver. Its version is the fence, to be shown at the end.
    pub delivery: Delivery,
    /// Until when.
    pub lease_until: Timestamp,
}

/// It is not due: it is gone, taken by another, or its time has not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotDue;

impl Rule for ClaimDelivery {
    type Done = DeliveryLease;
    type Refusal = NotDue;

    fn touch(&self, keys: &mut Keys) {
        keys.outbox.insert(self.id);
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<DeliveryLease, NotDue> {
        let now = book.now();
        let before = book.outbox.get(&self.id).filter(|delivery| delivery.is_due(now)).ok_or(NotDue)?;
        let lease_until = now.after(self.lease);
        let delivery = before.step(DeliveryState::Sending { lease_until }, now);
        book.outbox.put(delivery.clone());
        Ok(DeliveryLease { delivery, lease_until })
    }
}

/// What a try came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    /// It was taken.
    Delivered,
    /// It was not, or that is not known; and why.
    Failed(String),
    /// There was no time to try.
    Untried,
}

/// Asks to end a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndDelivery {
    /// Which delivery.
    pub id: EventId,
    /// The version by which it was taken.
    pub fence: u64,
    /// What the try came to.
    pub tried: Tried,
    /// The endpoint that is to be told nothing any more if this was the last try: one that has taken nothing for so long.
    /// Its row is locked for that alone, for all that is delivered to it would wait there otherwise.
    pub disables: Option<EndpointId>,
}

/// A try that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was taken.
    Delivered,
    /// It is tried again.
    Waiting {
        /// Not before.
        due_at: Timestamp,
    },
    /// That was the last try.
    Parked,
    /// That was the last try, and the endpoint is told nothing any more.
    Disabled,
}

/// Another took the delivery over, or it is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stale;

impl Rule for EndDelivery {
    type Done = Ended;
    type Refusal = Stale;

    fn touch(&self, keys: &mut Keys) {
        keys.outbox.insert(self.id);
        keys.endpoints.extend(self.disables);
    }

    /// What an endpoint has taken is kept, to be shown or sent again. A notice that was taken is gone.
    fn apply(&self, book: &mut Book, _: CommandId) -> Result<Ended, Stale> {
        let now = book.now();
        let is_mine = |delivery: &&Delivery| {
            delivery.version == self.fence && matches!(delivery.state, DeliveryState::Sending { .. })
        };
        let before = book.outbox.get(&self.id).filter(is_mine).ok_or(Stale)?;
        let (ended, after) = before.end(&self.tried, now);
        if (after.target, ended) == (Target::Notice, Ended::Delivered) {
            book.outbox.remove(&self.id);
        } else {
            book.outbox.put(after);
        }
        match self.disables.filter(|_| ended == Ended::Parked) {
            Some(endpoint) if book.set_endpoint(endpoint, false).is_some() => Ok(Ended::Disabled),
            Some(_) | None => Ok(ended),
        }
    }
}

impl Delivery {
    fn end(&self, tried: &Tried, now: Timestamp) -> (Ended, Self) {
        let (attempts, error) = match tried {
            Tried::Delivered => (self.attempts.saturating_add(1), None),
            Tried::Failed(why) => (self.attempts.saturating_add(1), Some(why.chars().take(Self::MAX_ERROR).collect())),
            Tried::Untried => (self.attempts, self.error.clone()),
        };
        let counted = Self { attempts, error, ..self.clone() };
        let (ended, state) = match tried {
            Tried::Delivered => (Ended::Delivered, DeliveryState::Delivered),
            Tried::Failed(_) if self.is_last_try() => (Ended::Parked, DeliveryState::Parked),
            Tried::Failed(_) => {
                let due_at = now.after(counted.pause());
                (Ended::Waiting { due_at }, DeliveryState::Waiting { due_at })
            }
            Tried::Untried => (Ended::Waiting { due_at: now }, DeliveryState::Waiting { due_at: now }),
        };
        (ended, counted.step(state, now))
    }
}

#[cfg(test)]
mod tests;
