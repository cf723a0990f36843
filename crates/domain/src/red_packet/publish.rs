//! Publishing: reserve the money, then confirm or cancel once it is known whether the message arrived.

use std::time::Duration;

use super::{Packet, PacketRef, PacketState, PublishRefusal, Published, Remark, Share};
use crate::{
    id::{CoinId, CommandId, TransferId, UserId},
    ledger::{Account, AccountKey, Balance, Cause, Holder, Transfer},
    money::{Money, PositiveQuantity, QuantityError},
    planted::{Defect, is_planted},
    store::{Answer, Book, Keys, Progress, Rule, StepRule, Work},
    time::Timestamp,
};

/// What a sender asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publish {
    /// Who may claim.
    pub receiver: UserId,
    /// In which coin.
    pub coin: CoinId,
    /// How much, exactly as it was written.
    pub quantity: PositiveQuantity,
    /// The sender's words.
    pub remark: Remark,
}

/// Checks whom a packet goes to, before any money is looked at.
///
/// `receiver_is_active` says whether the receiver exists and is not disabled.
pub fn check_receiver(sender: UserId, receiver: UserId, receiver_is_active: bool) -> Result<(), PublishRefusal> {
    if sender == receiver {
        return Err(PublishRefusal::ToOneself);
    }
    if !receiver_is_active {
        return Err(PublishRefusal::ReceiverNotFound);
    }
    Ok(())
}

/// Asks to make a packet of one share for one receiver and to move its money out of the sender's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reserve {
    /// The packet's name, fresh.
    pub id: TransferId,
    /// Who gives.
    pub sender: UserId,
    /// Who may claim.
    pub receiver: UserId,
    /// In which coin.
    pub coin: CoinId,
    /// How much, as the sender wrote it.
    pub quantity: PositiveQuantity,
    /// The sender's words.
    pub remark: Remark,
    /// How long the publisher is trusted to finish.
    pub lease: Duration,
    /// For how long the packet can be claimed.
    pub expires_in: Duration,
}

/// A packet whose money is reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reserved {
    /// The packet.
    pub packet: PacketRef,
    /// What it holds.
    pub money: Money,
    /// Until when its publisher has to finish.
    pub lease_until: Timestamp,
    /// From when on it can no longer be claimed.
    pub expires_at: Timestamp,
}

/// Says why no money can be reserved, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReserveRefusal {
    /// There is no such coin, it takes no new packets, or the sender has no account in it.
    CoinNotHeld,
    /// The amount has more decimal places than the coin.
    TooPrecise,
    /// The amount is below what a packet of this coin must hold.
    BelowMinimum,
    /// The amount is above what a packet of this coin may hold, or the sender's packets together would hold more than
    /// [`Amount::MAX`](crate::money::Amount::MAX).
    AboveMaximum,
    /// The sender's account has less.
    BalanceTooLow,
    /// The packet's name is not fresh: a defect of the generator that made it.
    IdTaken,
}

/// A refused reserve as the sender sees it; `None` for what can only be a defect of ours.
impl From<ReserveRefusal> for Option<PublishRefusal> {
    fn from(refusal: ReserveRefusal) -> Self {
        Some(match refusal {
            ReserveRefusal::CoinNotHeld => PublishRefusal::CoinNotHeld,
            ReserveRefusal::TooPrecise => PublishRefusal::AmountTooPrecise,
            ReserveRefusal::BelowMinimum => PublishRefusal::AmountBelowMinimum,
            ReserveRefusal::AboveMaximum => PublishRefusal::AmountAboveMaximum,
            ReserveRefusal::BalanceTooLow => PublishRefusal::BalanceTooLow,
            ReserveRefusal::IdTaken => return None,
        })
    }
}

impl Rule for Reserve {
    type Done = Reserved;
    type Refusal = ReserveRefusal;

    fn touch(&self, keys: &mut Keys) {
        keys.coins.insert(self.coin);
        keys.packets.insert(self.id);
        keys.account(self.sender, self.coin);
    }

    fn apply(&self, book: &mut Book, command: CommandId) -> Result<Reserved, ReserveRefusal> {
        let account = AccountKey { user: self.sender, coin: self.coin };
        let coin = *book.coin(self.coin).filter(|coin| coin.takes_packets()).ok_or(ReserveRefusal::CoinNotHeld)?;
        let Account { balance: Balance { amount: balance, .. }, held, .. } =
            *book.account(account).ok_or(ReserveRefusal::CoinNotHeld)?;
        let amount = self.quantity.to_amount(coin.scale()).map_err(|error| match error {
            QuantityError::TooManyPlaces => ReserveRefusal::TooPrecise,
            QuantityError::TooLarge | QuantityError::Malformed | QuantityError::Negative | QuantityError::Zero => {
                ReserveRefusal::AboveMaximum
            }
        })?;
        if amount < coin.min_amount() {
            return Err(ReserveRefusal::BelowMinimum);
        }
        if amount > coin.max_amount() || held.checked_add(amount).is_none() {
            return Err(ReserveRefusal::AboveMaximum);
        }
        if balance < amount {
            return Err(ReserveRefusal::BalanceTooLow);
        }
        if book.packet(self.id).is_some() {
            return Err(ReserveRefusal::IdTaken);
        }
        let now = book.now();
        let lease_until = now.after(self.lease);
        let reference = PacketRef { id: self.id, sender: self.sender, coin: self.coin };
        let packet = Packet {
            total: amount,
            remark: self.remark.clone(),
            state: PacketState::Sending { lease_until },
            expires_at: now.after(self.expires_in),
            shares: vec![Share { number: 1, amount, receiver: Some(self.receiver), taker: None }],
            ..Packet::empty(reference, coin.scale(), now)
        };
        let (money, expires_at) = (packet.money(amount), packet.expires_at);
        let reserved = Reserved { packet: reference, money, lease_until, expires_at };
        let transfer = Transfer {
            from: Holder::Account(account),
            to: packet.holder(),
            coin: self.coin,
            amount,
            cause: Cause::Reserve,
            command,
        };
        book.add_packet(packet);
        book.transfer(&transfer).expect("an empty packet holds any amount");
        Ok(reserved)
    }
}

impl StepRule for Reserve {
    fn progress(&self, answer: &Result<Reserved, ReserveRefusal>, _: &Book) -> Progress {
        match answer {
            Ok(reserved) => Progress::Runs(Work::Packet(reserved.packet), reserved.lease_until),
            Err(refusal) => match Option::<PublishRefusal>::from(*refusal) {
                Some(refusal) => Progress::Final(Answer::Publish(Err(refusal))),
                None => Progress::Same,
            },
        }
    }
}

/// Says what a request for a packet has come to.
fn published(packet: PacketRef, book: &Book) -> Progress {
    let published = packet.find(book).and_then(Published::of);
    published.map_or(Progress::Same, |published| Progress::Final(Answer::Publish(Ok(published))))
}

/// Asks to open a packet: its message was delivered. A repeat changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirm {
    /// The packet.
    pub packet: PacketRef,
}

/// A packet that was delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirmed {
    /// Whether it was open before: a claim had begun, or this is a repeat.
    pub repeated: bool,
}

/// Says why a packet cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfirmRefusal {
    /// There is no such packet.
    NotFound,
    /// It was cancelled, because its lease was over.
    Cancelled,
}

impl Rule for Confirm {
    type Done = Confirmed;
    type Refusal = ConfirmRefusal;

    fn touch(&self, keys: &mut Keys) {
        keys.packets.insert(self.packet.id);
    }

    fn apply(&self, book: &mut Book, command: CommandId) -> Result<Confirmed, ConfirmRefusal> {
        match self.packet.find(book).ok_or(ConfirmRefusal::NotFound)?.state {
            PacketState::Cancelled => Err(ConfirmRefusal::Cancelled),
            PacketState::Open | PacketState::Claimed | PacketState::Refunded => Ok(Confirmed { repeated: true }),
            PacketState::Sending { .. } => {
                if let Some(packet) = book.change_packet(self.packet.id) {
                    packet.state = PacketState::Open;
                }
                self.packet.tell_published(book, command);
                Ok(Confirmed { repeated: false })
            }
        }
    }
}

impl StepRule for Confirm {
    fn progress(&self, answer: &Result<Confirmed, ConfirmRefusal>, book: &Book) -> Progress {
        match answer {
            Ok(_) => published(self.packet, book),
            Err(ConfirmRefusal::Cancelled) => Progress::Forgotten,
            Err(ConfirmRefusal::NotFound) => Progress::Same,
        }
    }
}

/// Asks to give back the money of a packet whose message did not arrive. A repeat changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cancel {
    /// The packet.
    pub packet: PacketRef,
}

/// A packet that will never be claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cancelled {
    /// Whether it was cancelled before.
    pub repeated: bool,
}

/// Says why a packet cannot be cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelRefusal {
    /// There is no such packet.
    NotFound,
    /// Its message arrived after all: it was confirmed, or a claim has begun.
    Delivered,
    /// The sender's account cannot hold the money: above [`Amount::MAX`](crate::money::Amount::MAX).
    BalanceOverflow,
}

impl Rule for Cancel {
    type Done = Cancelled;
    type Refusal = CancelRefusal;

    fn touch(&self, keys: &mut Keys) {
        keys.packets.insert(self.packet.id);
        keys.account(self.packet.sender, self.packet.coin);
    }

    fn apply(&self, book: &mut Book, command: CommandId) -> Result<Cancelled, CancelRefusal> {
        match self.packet.find(book).ok_or(CancelRefusal::NotFound)?.state {
            PacketState::Cancelled => Ok(Cancelled { repeated: true }),
            PacketState::Open | PacketState::Claimed | PacketState::Refunded if !is_planted(Defect::Refund) => {
                Err(CancelRefusal::Delivered)
            }
            PacketState::Sending { .. } | PacketState::Open | PacketState::Claimed | PacketState::Refunded => {
                self.packet
                    .give_back(book, Cause::Cancel, PacketState::Cancelled, command)
                    .map_err(|_| CancelRefusal::BalanceOverflow)?;
                Ok(Cancelled { repeated: false })
            }
        }
    }
}

impl StepRule for Cancel {
    fn progress(&self, answer: &Result<Cancelled, CancelRefusal>, book: &Book) -> Progress {
        match answer {
            Ok(_) => Progress::Forgotten,
            Err(CancelRefusal::Delivered) => published(self.packet, book),
            Err(CancelRefusal::NotFound | CancelRefusal::BalanceOverflow) => Progress::Same,
        }
    }
}

#[cfg(test)]
mod tests;
