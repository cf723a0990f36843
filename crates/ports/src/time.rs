//! Time and fresh identifiers, given and never taken.

use hongbao_domain::{
    id::{AttemptId, CommandId, EventId, GroupId, TransferId},
    time::Timestamp,
};

/// Tells the time outside the ledger. Inside a batch the ledger has its own.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Clock: Send + Sync {
    /// Gives the present moment.
    fn now(&self) -> Timestamp;
}

/// Makes identifiers that were never used before, on any replica, and that cannot be guessed.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Ids: Send + Sync {
    /// Makes 128 bits of which all the others are made.
    fn fresh(&self) -> u128;
    /// Names a new packet.
    fn transfer(&self) -> TransferId {
        TransferId::from_u128(self.fresh())
    }
    /// Names a new group.
    fn group(&self) -> GroupId {
        GroupId::from_u128(self.fresh())
    }
    /// Names a new attempt at a command.
    fn command(&self) -> CommandId {
        CommandId::from_u128(self.fresh())
    }
    /// Names a new attempt at a batch.
    fn attempt(&self) -> AttemptId {
        AttemptId::from_u128(self.fresh())
    }
    /// Names a new notice.
    fn event(&self) -> EventId {
        EventId::from_u128(self.fresh())
    }
}
