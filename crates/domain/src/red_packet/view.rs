//! Looking at a packet without touching it.

use std::{error::Error, fmt, str::FromStr};

use super::{Packet, PacketState};
use crate::{id::UserId, time::Timestamp};

/// Where a packet stands for those whom it concerns. How it is being sent and claimed does not concern them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It can be claimed, or its claim is in progress.
    Open,
    /// Its receiver has the money.
    Claimed,
    /// Its time is over; the money is about to go back to the sender.
    Expired,
    /// Its time was over or an operator took it back, and the money is back with the sender.
    Refunded,
    /// Its message was not delivered; the money is back with the sender.
    Cancelled,
}

impl Stage {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Open, Self::Claimed, Self::Expired, Self::Refunded, Self::Cancelled];

    /// Gives the word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Claimed => "claimed",
            Self::Expired => "expired",
            Self::Refunded => "refunded",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// There is no stage of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownStage;

impl fmt::Display for UnknownStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not one of {}", Stage::ALL.map(Stage::as_str).join(", "))
    }
}

impl Error for UnknownStage {}

impl FromStr for Stage {
    type Err = UnknownStage;

    fn from_str(text: &str) -> Result<Self, UnknownStage> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == text).ok_or(UnknownStage)
    }
}

/// A packet together with where it stands by the ledger's time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewed {
    /// The packet.
    pub packet: Packet,
    /// Where it stood when it was read.
    pub stage: Stage,
}

/// The numbers that `im/msg_redpack_detail` answers for a refusal, as accept has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum DetailStatus {
    /// 红包交易Id `transfer_id` 为空
    TransferIdEmpty = 1,
    /// There is no such packet.
    NotFound = 4,
    /// The caller is neither its sender nor its receiver.
    NotYours = 5,
}

/// Why a packet is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DetailRefusal {
    /// No packet was named.
    TransferIdMissing,
    /// The packet's id is not an id.
    TransferIdMalformed,
    /// There is no such packet.
    NotFound,
    /// The caller is neither its sender nor its receiver.
    NotYours,
}

impl DetailRefusal {
    /// Gives the contract's number.
    pub const fn status(self) -> DetailStatus {
        match self {
            Self::TransferIdMissing | Self::TransferIdMalformed => DetailStatus::TransferIdEmpty,
            Self::NotFound => DetailStatus::NotFound,
            Self::NotYours => DetailStatus::NotYours,
        }
    }

    /// Gives the stable name of the cause.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TransferIdMissing => "transfer_id_missing",
            Self::TransferIdMalformed => "transfer_id_malformed",
            Self::NotFound => "packet_not_found",
            Self::NotYours => "not_yours",
        }
    }
}

impl Viewed {
    /// Looks at a packet at `clock`, the ledger's time after the packet was read.
    ///
    /// A packet that is still being sent is open: a user with its message can claim it already, and the sender's money
    /// is held all the same. Expiry is judged as at the beginning of a claim, by the clock as it is; but while a claim is
    /// in progress, its money may still become the receiver's.
    pub fn at(packet: Packet, clock: Timestamp) -> Self {
        let stage = match packet.state {
            PacketState::Sending { .. } | PacketState::Open => {
                let over = clock >= packet.expires_at;
                if over && !packet.has_claim_in_progress() { Stage::Expired } else { Stage::Open }
            }
            PacketState::Claimed => Stage::Claimed,
            PacketState::Refunded => Stage::Refunded,
            PacketState::Cancelled => Stage::Cancelled,
        };
        Self { packet, stage }
    }

    /// Shows what was found to `user`, who must be its sender or its receiver.
    pub fn show_to(found: Option<Self>, user: UserId) -> Result<Self, DetailRefusal> {
        let viewed = found.ok_or(DetailRefusal::NotFound)?;
        if viewed.packet.sender == user || viewed.packet.is_for(user) {
            Ok(viewed)
        } else {
            Err(DetailRefusal::NotYours)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{red_packet::Expire, testing::*};

    fn stage(store: &Store, packet: super::super::PacketRef, now: Timestamp) -> Stage {
        Viewed::at(store.packet(packet).clone(), now).stage
    }

    #[test]
    fn a_packet_on_its_way_and_one_that_arrived_are_open_until_they_expire() {
        let mut store = Store::new();
        for packet in [store.sending(), store.delivered()] {
            let expires_at = store.packet(packet).expires_at;
            let just_before = Timestamp::from_micros(expires_at.to_micros() - 1);
            assert_eq!(stage(&store, packet, just_before), Stage::Open);
            assert_eq!(stage(&store, packet, expires_at), Stage::Expired);
        }
    }

    #[test]
    fn a_claim_that_began_in_time_keeps_the_packet_open_until_it_ends() {
        let mut store = Store::new();
        let begun = store.claiming();
        assert_eq!(stage(&store, begun.packet, NOON.after(LIFE)), Stage::Open);

        store.run(settle(&begun, bob()), NOON.after(LIFE)).unwrap();
        assert_eq!(stage(&store, begun.packet, NOON.after(LIFE)), Stage::Claimed);
    }

    #[test]
    fn an_expired_packet_is_refunded_once_it_was_swept() {
        let mut store = Store::new();
        let packet = store.delivered();
        store.run(Expire { packet }, NOON.after(LIFE)).unwrap();
        assert_eq!(stage(&store, packet, NOON.after(LIFE)), Stage::Refunded);
        assert_eq!(stage(&store, packet, NOON), Stage::Refunded, "a clock that jumps back changes nothing");
    }

    #[test]
    fn only_sender_and_receiver_may_look() {
        let mut store = Store::new();
        let packet = store.delivered();
        let viewed = Viewed::at(store.packet(packet).clone(), NOON);
        for user in [alice(), bob()] {
            assert_eq!(Viewed::show_to(Some(viewed.clone()), user), Ok(viewed.clone()));
        }
        assert_eq!(Viewed::show_to(Some(viewed), carol()), Err(DetailRefusal::NotYours));
        assert_eq!(Viewed::show_to(None, carol()), Err(DetailRefusal::NotFound));
    }
}
