//! Packets with their shares and claims.

use hongbao_domain::{
    id::{TransferId, UserId},
    ledger::Balance,
    red_packet::{Claim, ClaimState, Packet, PacketState, Share},
    time::Timestamp,
};

use super::{
    row::row,
    text::{amount, number, parse, scale, stored, times, version},
    unreadable::Unreadable,
};

row! {
    /// A packet.
    PacketRow {
        id: u128,
        sender_id: String,
        coin_id: String,
        total: i128,
        held: i128,
        entries: i64,
        remark: String,
        state: String,
        lease_until: Option<i64>,
        created_at: i64,
        expires_at: i64,
        ended_at: Option<i64>,
        changed_at: i64,
        version: i64,
        ;
        /// That of the coin, with which it is loaded.
        scale: i64,
    }
}

/// Reads a packet without its shares and claims.
impl TryFrom<PacketRow> for Packet {
    type Error = Unreadable;

    fn try_from(row: PacketRow) -> Result<Self, Unreadable> {
        let state = match (row.state.as_str(), row.lease_until) {
            ("sending", Some(until)) => PacketState::Sending { lease_until: Timestamp::from_micros(until) },
            ("open", None) => PacketState::Open,
            ("claimed", None) => PacketState::Claimed,
            ("refunded", None) => PacketState::Refunded,
            ("cancelled", None) => PacketState::Cancelled,
            _ => return Err(Unreadable("a packet's state")),
        };
        Ok(Self {
            id: TransferId::from_u128(row.id),
            sender: parse(&row.sender_id, "a user id")?,
            coin: parse(&row.coin_id, "a coin id")?,
            scale: scale(row.scale)?,
            total: amount(row.total)?,
            balance: Balance { amount: amount(row.held)?, version: version(row.entries)? },
            remark: parse(&row.remark, "a remark")?,
            state,
            created_at: Timestamp::from_micros(row.created_at),
            expires_at: Timestamp::from_micros(row.expires_at),
            ended_at: times(row.ended_at),
            changed_at: Timestamp::from_micros(row.changed_at),
            version: version(row.version)?,
            shares: Vec::new(),
            claims: Vec::new(),
        })
    }
}

impl From<&Packet> for PacketRow {
    fn from(packet: &Packet) -> Self {
        let (state, lease_until) = match packet.state {
            PacketState::Sending { lease_until } => ("sending", Some(lease_until.to_micros())),
            PacketState::Open => ("open", None),
            PacketState::Claimed => ("claimed", None),
            PacketState::Refunded => ("refunded", None),
            PacketState::Cancelled => ("cancelled", None),
        };
        Self {
            id: packet.id.to_u128(),
            sender_id: packet.sender.to_string(),
            coin_id: packet.coin.to_string(),
            total: packet.total.minor(),
            held: packet.balance.amount.minor(),
            entries: stored(packet.balance.version),
            remark: packet.remark.as_str().to_owned(),
            state: state.to_owned(),
            lease_until,
            created_at: packet.created_at.to_micros(),
            expires_at: packet.expires_at.to_micros(),
            ended_at: packet.ended_at.map(Timestamp::to_micros),
            changed_at: packet.changed_at.to_micros(),
            version: stored(packet.version),
            scale: packet.scale.places().into(),
        }
    }
}

row! {
    /// A share of a packet.
    ShareRow {
        packet_id: u128,
        number: i64,
        amount: i128,
        receiver_id: Option<String>,
        taker_id: Option<String>,
    }
}

impl TryFrom<ShareRow> for Share {
    type Error = Unreadable;

    fn try_from(row: ShareRow) -> Result<Self, Unreadable> {
        let user = |user: Option<String>| user.map(|user| parse::<UserId>(&user, "a user id")).transpose();
        Ok(Self {
            number: number(row.number, "the number of a share")?,
            amount: amount(row.amount)?,
            receiver: user(row.receiver_id)?,
            taker: user(row.taker_id)?,
        })
    }
}

impl From<&(&Packet, Share)> for ShareRow {
    fn from((packet, share): &(&Packet, Share)) -> Self {
        Self {
            packet_id: packet.id.to_u128(),
            number: share.number.into(),
            amount: share.amount.minor(),
            receiver_id: share.receiver.map(|user| user.to_string()),
            taker_id: share.taker.map(|user| user.to_string()),
        }
    }
}

row! {
    /// A claim.
    ClaimRow {
        packet_id: u128,
        taker_id: String,
        share_number: i64,
        state: String,
        lease_until: Option<i64>,
        version: i64,
        changed_at: i64,
    }
}

impl TryFrom<ClaimRow> for Claim {
    type Error = Unreadable;

    fn try_from(row: ClaimRow) -> Result<Self, Unreadable> {
        let state = match (row.state.as_str(), row.lease_until) {
            ("claiming", Some(until)) => ClaimState::Claiming { lease_until: Timestamp::from_micros(until) },
            ("claimed", None) => ClaimState::Claimed,
            ("released", None) => ClaimState::Released,
            _ => return Err(Unreadable("a claim's state")),
        };
        Ok(Self {
            taker: parse(&row.taker_id, "a user id")?,
            share: number(row.share_number, "the number of a share")?,
            state,
            version: version(row.version)?,
            changed_at: Timestamp::from_micros(row.changed_at),
        })
    }
}

impl From<&(&Packet, Claim)> for ClaimRow {
    fn from((packet, claim): &(&Packet, Claim)) -> Self {
        let (state, lease_until) = match claim.state {
            ClaimState::Claiming { lease_until } => ("claiming", Some(lease_until.to_micros())),
            ClaimState::Claimed => ("claimed", None),
            ClaimState::Released => ("released", None),
        };
        Self {
            packet_id: packet.id.to_u128(),
            taker_id: claim.taker.to_string(),
            share_number: claim.share.into(),
            state: state.to_owned(),
            lease_until,
            version: stored(claim.version),
            changed_at: claim.changed_at.to_micros(),
        }
    }
}
