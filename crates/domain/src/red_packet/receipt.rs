//! What the receiver of a share is told.

use super::{Claim, ClaimState, Packet, PacketRef, Remark};
use crate::{id::UserId, money::Money, time::Timestamp};

/// The proof that a user has a share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The packet.
    pub packet: PacketRef,
    /// Whose it is now.
    pub taker: UserId,
    /// The share's money.
    pub money: Money,
    /// The sender's words.
    pub remark: Remark,
    /// When the money moved.
    pub claimed_at: Timestamp,
}

impl Packet {
    /// Gives the proof of a claim that is settled: its share is the taker's.
    pub fn receipt(&self, claim: &Claim) -> Receipt {
        Receipt {
            packet: self.reference(),
            taker: claim.taker,
            money: self.money(self.share_amount(claim.share)),
            remark: self.remark.clone(),
            claimed_at: claim.changed_at,
        }
    }

    /// Says whether this is the receipt of a claim that has its share.
    pub fn gave(&self, receipt: &Receipt) -> bool {
        let claim = self.claim_of(receipt.taker).filter(|claim| claim.state == ClaimState::Claimed);
        claim.is_some_and(|claim| self.receipt(claim) == *receipt)
    }
}
