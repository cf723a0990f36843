//! What a store has to write after a batch.

use super::{Account, Movement, Posting, Request};
use crate::red_packet::{Claim, Packet, Share};

/// One row before and after. Without a `before` it is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change<T> {
    /// As it was loaded; its version is the guard of the update.
    pub before: Option<T>,
    /// As it is to be stored.
    pub after: T,
}

/// Everything that a batch changed, each list in the canonical order of its keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Accounts, opened or with a new balance.
    pub accounts: Vec<Change<Account>>,
    /// Packets, with their shares and claims.
    pub packets: Vec<Change<Packet>>,
    /// New deposits and withdrawals.
    pub movements: Vec<Movement>,
    /// New journal entries.
    pub postings: Vec<Posting>,
    /// Requests to record.
    pub requests: Vec<Request>,
}

impl Changes {
    /// Says whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty()
            && self.packets.is_empty()
            && self.movements.is_empty()
            && self.postings.is_empty()
            && self.requests.is_empty()
    }
}

impl Change<Packet> {
    /// Gives the shares that are new or were changed.
    pub fn shares(&self) -> impl Iterator<Item = Change<Share>> + '_ {
        self.after.shares.iter().filter_map(|after| {
            let before = self.before.as_ref();
            let before = before.and_then(|packet| packet.shares.iter().find(|share| share.number == after.number));
            (before != Some(after)).then_some(Change { before: before.copied(), after: *after })
        })
    }

    /// Gives the claims that are new or were changed.
    pub fn claims(&self) -> impl Iterator<Item = Change<Claim>> + '_ {
        self.after.claims.iter().filter_map(|after| {
            let before = self.before.as_ref().and_then(|packet| packet.claim_of(after.taker));
            (before != Some(after)).then_some(Change { before: before.copied(), after: *after })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{red_packet::ClaimState, testing::*};

    #[test]
    fn a_new_packet_writes_all_its_shares() {
        let mut store = Store::new();
        let packet = store.shared();
        let new = Change { before: None, after: store.packet(packet).clone() };
        let shares: Vec<_> = new.shares().collect();
        assert!(shares.iter().all(|share| share.before.is_none()));
        assert_eq!((shares.len(), new.claims().count()), (2, 0));
    }

    #[test]
    fn a_changed_packet_writes_only_the_shares_and_claims_that_changed() {
        let mut store = Store::new();
        let packet = store.shared();
        store.begin(packet, bob(), NOON);
        let before = store.packet(packet).clone();
        store.begin(packet, carol(), NOON);
        let change = Change { before: Some(before), after: store.packet(packet).clone() };

        let shares: Vec<_> =
            change.shares().map(|share| (share.before.map(|old| old.taker), share.after.taker)).collect();
        assert_eq!(shares, [(Some(None), Some(carol()))]);
        let claims: Vec<_> = change.claims().map(|claim| (claim.before, claim.after.taker)).collect();
        assert_eq!(claims, [(None, carol())]);
    }

    #[test]
    fn a_claim_that_took_a_step_is_written_with_what_it_was() {
        let mut store = Store::new();
        let begun = store.claiming();
        let before = store.packet(begun.packet).clone();
        store.run(settle(&begun, bob()), NOON).unwrap();
        let change = Change { before: Some(before), after: store.packet(begun.packet).clone() };

        let claims: Vec<_> =
            change.claims().map(|claim| (claim.before.map(|old| old.version), claim.after.state)).collect();
        assert_eq!(claims, [(Some(begun.fence), ClaimState::Claimed)]);
        assert_eq!(change.shares().count(), 0);
    }
}
