//! What of packets a store has to write after a batch.

use super::{Claim, Packet, Share};
use crate::store::{Update, Written};

impl Written<Packet> {
    /// Gives the shares that are new or were changed, each with its packet.
    pub fn shares(&self) -> Written<(&Packet, Share)> {
        let mut written = Written::default();
        for packet in &self.inserted {
            written.inserted.extend(packet.shares.iter().map(|share| (packet, *share)));
        }
        for Update { before, after: packet } in &self.updated {
            for after in &packet.shares {
                match before.shares.iter().find(|share| share.number == after.number) {
                    None => written.inserted.push((packet, *after)),
                    Some(before) if before != after => {
                        written.updated.push(Update { before: (packet, *before), after: (packet, *after) });
                    }
                    Some(_) => {}
                }
            }
        }
        written
    }

    /// Gives the claims that are new or were changed, each with its packet.
    pub fn claims(&self) -> Written<(&Packet, Claim)> {
        let mut written = Written::default();
        for packet in &self.inserted {
            written.inserted.extend(packet.claims.iter().map(|claim| (packet, *claim)));
        }
        for Update { before, after: packet } in &self.updated {
            for after in &packet.claims {
                match before.claim_of(after.taker) {
                    None => written.inserted.push((packet, *after)),
                    Some(before) if before != after => {
                        written.updated.push(Update { before: (packet, *before), after: (packet, *after) });
                    }
                    Some(_) => {}
                }
            }
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{red_packet::ClaimState, testing::*};

    fn updated(before: Packet, after: Packet) -> Written<Packet> {
        Written { updated: vec![Update { before, after }], ..Written::default() }
    }

    #[test]
    fn a_new_packet_writes_all_its_shares() {
        let mut store = Store::new();
        let packet = store.shared();
        let new = Written { inserted: vec![store.packet(packet).clone()], ..Written::default() };
        assert_eq!((new.shares().inserted.len(), new.shares().updated.len()), (2, 0));
        assert!(new.claims().is_empty());
    }

    #[test]
    fn a_changed_packet_writes_only_the_shares_and_claims_that_changed() {
        let mut store = Store::new();
        let packet = store.shared();
        store.begin(packet, bob(), NOON);
        let before = store.packet(packet).clone();
        store.begin(packet, carol(), NOON);
        let change = updated(before, store.packet(packet).clone());

        let shares = change.shares();
        let takers: Vec<_> = shares.updated.iter().map(|share| (share.before.1.taker, share.after.1.taker)).collect();
        assert_eq!((takers, shares.inserted.len()), (vec![(None, Some(carol()))], 0));
        let claims = change.claims();
        let takers: Vec<_> = claims.inserted.iter().map(|claim| claim.1.taker).collect();
        assert_eq!((takers, claims.updated.len()), (vec![carol()], 0));
    }

    #[test]
    fn a_claim_that_took_a_step_is_written_with_what_it_was() {
        let mut store = Store::new();
        let begun = store.claiming();
        let before = store.packet(begun.packet).clone();
        store.run(settle(&begun, bob()), NOON).unwrap();
        let change = updated(before, store.packet(begun.packet).clone());

        let claims = change.claims();
        let steps: Vec<_> = claims.updated.iter().map(|row| (row.before.1.version, row.after.1.state)).collect();
        assert_eq!(steps, [(begun.fence, ClaimState::Claimed)]);
        assert!(change.shares().is_empty());
    }
}
