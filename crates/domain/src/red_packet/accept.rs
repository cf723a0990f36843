//! Accepting: begin a claim, then settle or release it once it is known whether the sender was told.

use std::time::Duration;

use super::{AcceptRefusal, Claim, ClaimState, Packet, PacketRef, PacketState, Receipt};
use crate::{
    id::{CommandId, TransferId, UserId},
    ledger::{AccountKey, Cause, Holder, Transfer},
    money::Money,
    outbox::Event,
    planted::{Defect, is_planted},
    store::{Answer, Book, Keys, Progress, Rule, StepRule, Work},
    time::{Term, Timestamp},
};

/// Asks to take a share under a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BeginClaim {
    /// The packet.
    pub id: TransferId,
    /// Who claims.
    pub taker: UserId,
    /// How long the claimer is trusted to finish.
    pub lease: Duration,
}

/// A claim that has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    /// The packet.
    pub packet: PacketRef,
    /// The share's money.
    pub money: Money,
    /// The claim's version, to be shown at settle or release.
    pub fence: u64,
    /// Until when the claimer has to finish.
    pub lease_until: Timestamp,
}

/// Says why a claim cannot begin, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BeginClaimRefusal {
    /// There is no such packet.
    NotFound,
    /// The packet is for another user. Its sender gets this refusal, too.
    NotYours,
    /// The user has this share already.
    ClaimedByYou(Box<Receipt>),
    /// The user's own claim is in progress: ask again when it has ended, at the latest when its lease has.
    InProgress,
    /// The packet was cancelled, or taken back.
    Cancelled,
    /// The packet's time is over, whether or not its money went back yet.
    Expired,
    /// Others have taken all shares.
    AllTaken,
}

/// A claim that could not begin as the receiver sees it; `None` while the receiver's own claim is in progress.
impl From<BeginClaimRefusal> for Option<AcceptRefusal> {
    fn from(refusal: BeginClaimRefusal) -> Self {
        Some(match refusal {
            BeginClaimRefusal::NotFound => AcceptRefusal::NotFound,
            BeginClaimRefusal::NotYours => AcceptRefusal::NotYours,
            BeginClaimRefusal::ClaimedByYou(receipt) => AcceptRefusal::ClaimedByYou(receipt),
            BeginClaimRefusal::Cancelled => AcceptRefusal::Cancelled,
            BeginClaimRefusal::Expired => AcceptRefusal::Expired,
            BeginClaimRefusal::AllTaken => AcceptRefusal::AllTaken,
            BeginClaimRefusal::InProgress => return None,
        })
    }
}

impl Rule for BeginClaim {
    type Done = Begun;
    type Refusal = BeginClaimRefusal;

    fn touch(&self, keys: &mut Keys) {
        keys.packets.insert(self.id);
    }

    fn apply(&self, book: &mut Book, command: CommandId) -> Result<Begun, BeginClaimRefusal> {
        let now = book.now();
        let packet = book.packet(self.id).ok_or(BeginClaimRefusal::NotFound)?;
        let number = packet.claimable(self.taker, now)?;
        let is_first = matches!(packet.state, PacketState::Sending { .. });
        let lease_until = now.after(self.lease);
        let packet = book.change_packet(self.id).expect("the packet was found");
        let fence = packet.begin(self.taker, number, lease_until);
        let (packet, money) = (packet.reference(), packet.money(packet.share_amount(number)));
        if is_first {
            packet.tell_published(book, command);
        }
        Ok(Begun { packet, money, fence, lease_until })
    }
}

impl StepRule for BeginClaim {
    fn progress(&self, answer: &Result<Begun, BeginClaimRefusal>, _: &Book) -> Progress {
        match answer {
            Ok(begun) => Progress::Runs(Work::Claim(begun.packet, begun.fence), begun.lease_until),
            Err(refusal) => match Option::<AcceptRefusal>::from(refusal.clone()) {
                Some(refusal) => Progress::Final(Answer::Accept(Err(refusal))),
                // Another claim of the same taker is in progress: that is no verdict.
                None => Progress::Same,
            },
        }
    }
}

impl Packet {
    /// Gives the number of the share that `taker` may take now.
    fn claimable(&self, taker: UserId, now: Timestamp) -> Result<u32, BeginClaimRefusal> {
        if !self.is_for(taker) {
            return Err(BeginClaimRefusal::NotYours);
        }
        let mine = self.claim_of(taker);
        match mine.map(|claim| (claim.state, claim)) {
            Some((ClaimState::Claimed, claim)) => {
                return Err(BeginClaimRefusal::ClaimedByYou(Box::new(self.receipt(claim))));
            }
            Some((ClaimState::Claiming { lease_until }, claim)) => {
                if !(Term { ends_at: lease_until, changed_at: claim.changed_at }).is_over(now) {
                    return Err(BeginClaimRefusal::InProgress);
                }
            }
            Some((ClaimState::Released, _)) | None => {}
        }
        match self.state {
            PacketState::Cancelled => return Err(BeginClaimRefusal::Cancelled),
            PacketState::Refunded if self.was_recalled() => return Err(BeginClaimRefusal::Cancelled),
            PacketState::Refunded => return Err(BeginClaimRefusal::Expired),
            PacketState::Claimed => return Err(BeginClaimRefusal::AllTaken),
            PacketState::Sending { .. } | PacketState::Open => {}
        }
        if now >= self.expires_at {
            return Err(BeginClaimRefusal::Expired);
        }
        self.shares
            .iter()
            .find(|share| share.receiver == Some(taker) && share.taker.is_none_or(|holder| holder == taker))
            .map(|share| share.number)
            .ok_or(BeginClaimRefusal::AllTaken)
    }

    /// Takes the share and gives the fence. A claim whose lease is over is taken over: its old fence is worthless.
    ///
    /// A user who claims has seen the message, so a packet that is still being sent is open from now on.
    fn begin(&mut self, taker: UserId, number: u32, lease_until: Timestamp) -> u64 {
        self.state = PacketState::Open;
        if let Some(share) = self.shares.iter_mut().find(|share| share.number == number) {
            share.taker = Some(taker);
        }
        let version = self.claim_of(taker).map_or(1, |claim| claim.version + 1);
        let state = ClaimState::Claiming { lease_until };
        let claim = Claim { taker, share: number, state, version, changed_at: self.changed_at };
        match self.claims.iter_mut().find(|claim| claim.taker == taker) {
            Some(mine) => *mine = claim,
            None => self.claims.push(claim),
        }
        version
    }

    /// Takes the claim one step on.
    fn step(&mut self, taker: UserId, state: ClaimState) -> Option<Claim> {
        let changed_at = self.changed_at;
        let claim = self.claims.iter_mut().find(|claim| claim.taker == taker)?;
        *claim = Claim { state, version: claim.version + 1, changed_at, ..*claim };
        Some(*claim)
    }
}

/// How a claim compares with the step that a caller wants to take.
enum Fenced {
    /// The claim is in progress under this very fence.
    Current(Claim),
    /// The step was already taken, under this very fence.
    Repeated(Claim),
    /// The claim went on without this fence, or there is none.
    Stale,
}

fn fenced(packet: &Packet, taker: UserId, fence: u64, end: ClaimState) -> Fenced {
    let is_blind = is_planted(Defect::Fence);
    match packet.claim_of(taker) {
        Some(claim) if (is_blind || claim.version == fence) && matches!(claim.state, ClaimState::Claiming { .. }) => {
            Fenced::Current(*claim)
        }
        Some(claim) if (is_blind || fence.checked_add(1) == Some(claim.version)) && claim.state == end => {
            Fenced::Repeated(*claim)
        }
        Some(_) | None => Fenced::Stale,
    }
}

/// Asks to move the money of a claim that is in progress to its taker. A repeat gives the same receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettleClaim {
    /// The packet.
    pub packet: PacketRef,
    /// Who claims.
    pub taker: UserId,
    /// What [`Begun`] gave.
    pub fence: u64,
}

/// Says why a claim does not settle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettleRefusal {
    /// There is no such packet.
    NotFound,
    /// Another claim of the same taker came after this one and has the share.
    ClaimedByYou(Box<Receipt>),
    /// This claim was released or taken over.
    Stale,
    /// The taker's account cannot hold the money: above [`Amount::MAX`](crate::money::Amount::MAX).
    BalanceOverflow,
}

impl Rule for SettleClaim {
    type Done = Receipt;
    type Refusal = SettleRefusal;

    fn touch(&self, keys: &mut Keys) {
        keys.packets.insert(self.packet.id);
        keys.account(self.taker, self.packet.coin);
        // Its sum of what its packets hold changes.
        keys.account(self.packet.sender, self.packet.coin);
    }

    fn apply(&self, book: &mut Book, command: CommandId) -> Result<Receipt, SettleRefusal> {
        let packet = self.packet.find(book).ok_or(SettleRefusal::NotFound)?;
        let claim = match fenced(packet, self.taker, self.fence, ClaimState::Claimed) {
            Fenced::Current(claim) => claim,
            Fenced::Repeated(claim) => return Ok(packet.receipt(&claim)),
            Fenced::Stale => {
                let mine = packet.claim_of(self.taker).filter(|claim| claim.state == ClaimState::Claimed);
                let refusal = mine.map(|claim| SettleRefusal::ClaimedByYou(Box::new(packet.receipt(claim))));
                return Err(refusal.unwrap_or(SettleRefusal::Stale));
            }
        };
        let account = AccountKey { user: self.taker, coin: self.packet.coin };
        let transfer = Transfer {
            from: packet.holder(),
            to: Holder::Account(account),
            coin: self.packet.coin,
            amount: packet.share_amount(claim.share),
            cause: Cause::Claim,
            command,
        };
        let scale = packet.scale;
        book.open_account(account, scale);
        book.transfer(&transfer).map_err(|_| SettleRefusal::BalanceOverflow)?;
        let packet = book.change_packet(self.packet.id).expect("the packet was found");
        let claim = packet.step(self.taker, ClaimState::Claimed).expect("the claim was found");
        if packet.balance.amount.is_zero() {
            packet.end(PacketState::Claimed);
        }
        let receipt = packet.receipt(&claim);
        let (PacketRef { id: packet, sender, .. }, taker) = (self.packet, self.taker);
        book.tell(command, &Event::PacketClaimed { packet, sender, taker, money: receipt.money });
        Ok(receipt)
    }
}

impl StepRule for SettleClaim {
    fn progress(&self, answer: &Result<Receipt, SettleRefusal>, _: &Book) -> Progress {
        match answer {
            Ok(receipt) => Progress::Final(Answer::Accept(Ok(receipt.clone()))),
            Err(SettleRefusal::ClaimedByYou(receipt)) => {
                Progress::Final(Answer::Accept(Err(AcceptRefusal::ClaimedByYou(receipt.clone()))))
            }
            Err(SettleRefusal::Stale) => Progress::Forgotten,
            Err(SettleRefusal::NotFound | SettleRefusal::BalanceOverflow) => Progress::Same,
        }
    }
}

/// Asks to put back the share of a claim that is in progress. A repeat changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReleaseClaim {
    /// The packet.
    pub packet: PacketRef,
    /// Who claimed.
    pub taker: UserId,
    /// What [`Begun`] gave.
    pub fence: u64,
}

/// A share that was put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Released {
    /// Whether the packet had expired meanwhile and its money went back to the sender with this command.
    pub refunded: bool,
}

/// Says why a claim is not released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseRefusal {
    /// There is no such packet.
    NotFound,
    /// This claim was settled, released or taken over.
    Stale,
    /// The sender's account cannot hold the money: above [`Amount::MAX`](crate::money::Amount::MAX).
    BalanceOverflow,
}

impl Rule for ReleaseClaim {
    type Done = Released;
    type Refusal = ReleaseRefusal;

    fn touch(&self, keys: &mut Keys) {
        keys.packets.insert(self.packet.id);
        keys.account(self.packet.sender, self.packet.coin);
    }

    fn apply(&self, book: &mut Book, command: CommandId) -> Result<Released, ReleaseRefusal> {
        let now = book.now();
        let packet = self.packet.find(book).ok_or(ReleaseRefusal::NotFound)?;
        match fenced(packet, self.taker, self.fence, ClaimState::Released) {
            Fenced::Repeated(claim) => {
                let ended_then = packet.ended_at == Some(claim.changed_at) && !packet.was_recalled();
                return Ok(Released { refunded: packet.state == PacketState::Refunded && ended_then });
            }
            Fenced::Stale => return Err(ReleaseRefusal::Stale),
            Fenced::Current(_) => {}
        }
        let others_claim = packet
            .claims
            .iter()
            .any(|claim| claim.taker != self.taker && matches!(claim.state, ClaimState::Claiming { .. }));
        let refunded = now >= packet.expires_at && !others_claim;
        if refunded {
            self.packet
                .give_back(book, Cause::Refund, PacketState::Refunded, command)
                .map_err(|_| ReleaseRefusal::BalanceOverflow)?;
        }
        let packet = book.change_packet(self.packet.id).expect("the packet was found");
        let claim = packet.step(self.taker, ClaimState::Released).expect("the claim was found");
        for share in packet.shares.iter_mut().filter(|share| share.number == claim.share) {
            share.taker = None;
        }
        Ok(Released { refunded })
    }
}

impl StepRule for ReleaseClaim {
    fn progress(&self, answer: &Result<Released, ReleaseRefusal>, _: &Book) -> Progress {
        match answer {
            Ok(_) | Err(ReleaseRefusal::Stale) => Progress::Forgotten,
            Err(ReleaseRefusal::NotFound | ReleaseRefusal::BalanceOverflow) => Progress::Same,
        }
    }
}

#[cfg(test)]
mod tests;
