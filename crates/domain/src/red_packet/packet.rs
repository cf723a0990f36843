//! What a packet is made of.

use super::Remark;
use crate::{
    id::{CoinId, TransferId, UserId},
    ledger::{Balance, Holder},
    money::{Amount, Money, Scale},
    store::Row,
    time::Timestamp,
};

/// Where a packet stands. The last three are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PacketState {
    /// Its money is reserved; its message is on the way. Any caller that finds the lease over may cancel it.
    Sending {
        /// Until when the publisher is trusted to finish.
        lease_until: Timestamp,
    },
    /// Its message was delivered; it can be claimed until it expires.
    Open,
    /// All its money went to receivers.
    Claimed,
    /// What was left went back to the sender, at expiry or because an operator took the packet back.
    Refunded,
    /// Its message was not delivered; its money went back to the sender.
    Cancelled,
}

impl PacketState {
    /// Says whether nothing can change any more.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Sending { .. } | Self::Open => false,
            Self::Claimed | Self::Refunded | Self::Cancelled => true,
        }
    }
}

/// One part of a packet's money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Its place in the packet, from 1.
    pub number: u32,
    /// Minor units.
    pub amount: Amount,
    /// The only user who may take it. One without is for a group's packet, and no user can claim it yet.
    pub receiver: Option<UserId>,
    /// Who is taking it or has taken it.
    pub taker: Option<UserId>,
}

/// Where a claim stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimState {
    /// The share is taken; the money moves when the claim settles. Any caller that finds the lease over may release it.
    Claiming {
        /// Until when the claimer is trusted to finish.
        lease_until: Timestamp,
    },
    /// The money is the taker's.
    Claimed,
    /// The share was put back; the taker may begin again.
    Released,
}

/// One user's claim on a packet. It stays when it is released, so that its version never starts over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Who claims.
    pub taker: UserId,
    /// The share, by its number.
    pub share: u32,
    /// Where it stands.
    pub state: ClaimState,
    /// Goes up by one with every step. It is the fence: a step that names another version changes nothing.
    pub version: u64,
    /// When it last changed.
    pub changed_at: Timestamp,
}

/// One red packet. Only a [`Book`](crate::store::Book) changes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// Its name.
    pub id: TransferId,
    /// Who gives.
    pub sender: UserId,
    /// In which coin.
    pub coin: CoinId,
    /// The coin's number of decimal places.
    pub scale: Scale,
    /// What it held at first.
    pub total: Amount,
    /// What it still holds.
    pub balance: Balance,
    /// The sender's words.
    pub remark: Remark,
    /// Where it stands.
    pub state: PacketState,
    /// When its money was reserved.
    pub created_at: Timestamp,
    /// From when on no claim can begin.
    pub expires_at: Timestamp,
    /// When it became final.
    pub ended_at: Option<Timestamp>,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Goes up with every command that changes the packet, its shares or its claims.
    pub version: u64,
    /// Its parts, by number.
    pub shares: Vec<Share>,
    /// Its claims, one for each user who ever began one.
    pub claims: Vec<Claim>,
}

/// Names a packet together with the account to which its money may go back.
///
/// A command on a packet names all of this, so that a store knows what to lock before it has read the packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PacketRef {
    /// The packet.
    pub id: TransferId,
    /// Its sender.
    pub sender: UserId,
    /// Its coin.
    pub coin: CoinId,
}

impl Row for Packet {
    type Key = TransferId;

    fn key(&self) -> TransferId {
        self.id
    }
}

impl Packet {
    /// Makes a packet that is being sent and has no shares and no money yet. Its lease and its time end where they begin.
    pub(super) fn empty(reference: PacketRef, scale: Scale, now: Timestamp) -> Self {
        let PacketRef { id, sender, coin } = reference;
        Self {
            id,
            sender,
            coin,
            scale,
            total: Amount::ZERO,
            balance: Balance::default(),
            remark: Remark::default(),
            state: PacketState::Sending { lease_until: now },
            created_at: now,
            expires_at: now,
            ended_at: None,
            changed_at: now,
            version: 1,
            shares: Vec::new(),
            claims: Vec::new(),
        }
    }

    /// Gives the packet's name together with its sender and coin.
    pub const fn reference(&self) -> PacketRef {
        PacketRef { id: self.id, sender: self.sender, coin: self.coin }
    }

    /// Gives the claim of a user.
    pub fn claim_of(&self, taker: UserId) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.taker == taker)
    }

    /// Says whether a user may ever take a share.
    pub fn is_for(&self, user: UserId) -> bool {
        self.shares.iter().any(|share| share.receiver == Some(user))
    }

    /// Says whether a user is taking a share at this moment, lease over or not.
    pub fn has_claim_in_progress(&self) -> bool {
        self.claims.iter().any(|claim| matches!(claim.state, ClaimState::Claiming { .. }))
    }

    /// Gives an amount of this packet's coin, ready to print.
    pub const fn money(&self, amount: Amount) -> Money {
        Money { coin: self.coin, scale: self.scale, amount }
    }

    pub(super) fn share_amount(&self, number: u32) -> Amount {
        let share = self.shares.iter().find(|share| share.number == number);
        share.map_or(Amount::ZERO, |share| share.amount)
    }

    /// Gives the only user who may ever take a share, if there is only one.
    pub const fn receiver(&self) -> Option<UserId> {
        match self.shares.as_slice() {
            [Share { receiver, .. }] => *receiver,
            _ => None,
        }
    }

    /// Says whether its money went back before its time was over.
    pub(super) fn was_recalled(&self) -> bool {
        self.state == PacketState::Refunded && self.ended_at.is_some_and(|ended_at| ended_at < self.expires_at)
    }

    pub(super) const fn holder(&self) -> Holder {
        Holder::Packet(self.id)
    }

    pub(super) fn end(&mut self, state: PacketState) {
        self.state = state;
        self.ended_at = Some(self.changed_at);
    }

    /// Says whether state, shares, claims and money fit together. The audit asks.
    pub fn is_consistent(&self) -> bool {
        let sum = |shares: &mut dyn Iterator<Item = &Share>| shares.map(|share| share.amount.minor()).sum::<i128>();
        let claimed = |share: &&Share| {
            let taker = share.taker.and_then(|taker| self.claim_of(taker));
            taker.is_some_and(|claim| claim.state == ClaimState::Claimed && claim.share == share.number)
        };
        let taken = sum(&mut self.shares.iter().filter(claimed));
        let held = self.balance.amount.minor();
        let claims_have_shares = self.claims.iter().all(|claim| {
            let share = self.shares.iter().find(|share| share.number == claim.share);
            claim.state == ClaimState::Released || share.is_some_and(|share| share.taker == Some(claim.taker))
        });
        let takers_have_claims = self.shares.iter().all(|share| {
            let claim = share.taker.map(|taker| self.claim_of(taker));
            claim.is_none_or(|claim| {
                claim.is_some_and(|claim| claim.share == share.number && claim.state != ClaimState::Released)
            })
        });
        let money_fits = match self.state {
            PacketState::Sending { .. } => held == self.total.minor() && self.claims.is_empty(),
            PacketState::Open => held == self.total.minor() - taken && held > 0,
            PacketState::Claimed => held == 0 && taken == self.total.minor(),
            PacketState::Refunded => held == 0 && taken < self.total.minor(),
            PacketState::Cancelled => held == 0 && taken == 0,
        };
        let ends_fit = self.state.is_final() == self.ended_at.is_some()
            && !(self.state.is_final() && self.has_claim_in_progress());
        sum(&mut self.shares.iter()) == self.total.minor()
            && claims_have_shares
            && takers_have_claims
            && money_fits
            && ends_fit
    }
}

#[cfg(test)]
mod tests;
