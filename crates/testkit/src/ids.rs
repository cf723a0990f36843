//! Identifiers in sequence.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use hongbao_domain::id::{GroupId, TransferId};
use hongbao_ports::Ids;

/// Makes the same identifiers in every run, none of them twice, also across clones. They look like UUIDs version 7.
#[derive(Debug, Clone, Default)]
pub struct SeqIds {
    transfers: Arc<AtomicU64>,
    groups: Arc<AtomicU64>,
    others: Arc<AtomicU64>,
}

impl SeqIds {
    /// A UUID version 7 of the year 2026 with nothing random in it.
    const BASE: u128 = 0x01a0_0000_0000_7000_8000_0000_0000_0000;

    /// Starts at the first identifier.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives every packet's name that was ever made, in their order.
    pub fn transfers(&self) -> impl Iterator<Item = TransferId> + use<> {
        (0..self.transfers.load(Ordering::SeqCst)).map(|number| TransferId::from_u128(bits(number)))
    }

    /// Gives every group's id that was ever made, in their order.
    pub fn groups(&self) -> impl Iterator<Item = GroupId> + use<> {
        (0..self.groups.load(Ordering::SeqCst)).map(|number| GroupId::from_u128(bits(number)))
    }
}

fn bits(number: u64) -> u128 {
    SeqIds::BASE + u128::from(number)
}

impl Ids for SeqIds {
    fn fresh(&self) -> u128 {
        bits(self.others.fetch_add(1, Ordering::SeqCst))
    }

    fn transfer(&self) -> TransferId {
        TransferId::from_u128(bits(self.transfers.fetch_add(1, Ordering::SeqCst)))
    }

    fn group(&self) -> GroupId {
        GroupId::from_u128(bits(self.groups.fetch_add(1, Ordering::SeqCst)))
    }
}
