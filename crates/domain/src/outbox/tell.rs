//! Telling the outside, in the transaction of what is told.

use super::{Delivery, Event};
use crate::{
    id::{CommandId, EventId},
    store::Book,
};

impl Book {
    /// Has the outside told of what a command did.
    ///
    /// The ids follow from that of the command, which is fresh at every attempt.
    pub(crate) fn tell(&mut self, command: CommandId, event: &Event) {
        let now = self.now();
        for target in self.audience().of(event.kind()) {
            let free = |id: &EventId| self.outbox.get(id).is_none();
            let Some(id) = (0..=u8::MAX).map(|number| id(command, number)).find(free) else { return };
            self.outbox.put(Delivery::new(id, target, event.clone(), now));
        }
    }
}

/// Gives one of the ids that belong to a command: some of its random bits are others.
fn id(command: CommandId, number: u8) -> EventId {
    EventId::from_u128(command.to_u128() ^ (u128::from(number) << 48))
}
