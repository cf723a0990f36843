//! Rows and what they mean.

use std::str::FromStr;

use hongbao_domain::{
    id::{CommandId, TransferId},
    ledger::{Account, AccountKey, Cause, Direction, Holder, Movement, Posting, Purse},
    money::{Coin, Scale},
    red_packet::{Claim, ClaimState, Packet, PacketState, Share},
    time::Timestamp,
};

use crate::{fault::Unreadable, text};

pub(crate) struct CoinRow {
    pub(crate) id: String,
    pub(crate) scale: i64,
    pub(crate) min_amount: String,
    pub(crate) max_amount: String,
}

pub(crate) struct AccountRow {
    pub(crate) user_id: String,
    pub(crate) coin_id: String,
    pub(crate) scale: i64,
    pub(crate) balance: String,
    pub(crate) held: String,
    pub(crate) version: i64,
    pub(crate) changed_at: i64,
}

pub(crate) struct PacketRow {
    pub(crate) id: Vec<u8>,
    pub(crate) sender_id: String,
    pub(crate) coin_id: String,
    pub(crate) scale: i64,
    pub(crate) total: String,
    pub(crate) held: String,
    pub(crate) entries: i64,
    pub(crate) remark: String,
    pub(crate) state: String,
    pub(crate) lease_until: Option<i64>,
    pub(crate) created_at: i64,
    pub(crate) expires_at: i64,
    pub(crate) ended_at: Option<i64>,
    pub(crate) changed_at: i64,
    pub(crate) version: i64,
}

pub(crate) struct ShareRow {
    pub(crate) packet_id: Vec<u8>,
    pub(crate) number: i64,
    pub(crate) amount: String,
    pub(crate) receiver_id: Option<String>,
    pub(crate) taker_id: Option<String>,
}

pub(crate) struct ClaimRow {
    pub(crate) packet_id: Vec<u8>,
    pub(crate) taker_id: String,
    pub(crate) share_number: i64,
    pub(crate) state: String,
    pub(crate) lease_until: Option<i64>,
    pub(crate) version: i64,
    pub(crate) changed_at: i64,
}

pub(crate) struct MovementRow {
    pub(crate) reference: String,
    pub(crate) direction: String,
    pub(crate) user_id: String,
    pub(crate) coin_id: String,
    pub(crate) amount: String,
    pub(crate) moved_at: i64,
}

pub(crate) struct PostingRow {
    pub(crate) holder: String,
    pub(crate) owner_id: String,
    pub(crate) coin_id: String,
    pub(crate) seq: i64,
    pub(crate) command_id: Vec<u8>,
    pub(crate) cause: String,
    pub(crate) amount: String,
    pub(crate) balance: String,
    pub(crate) posted_at: i64,
}

pub(crate) fn id<T: FromStr>(text: &str, what: &'static str) -> Result<T, Unreadable> {
    text.parse().map_err(|_| Unreadable(what))
}

pub(crate) fn bits(bytes: &[u8]) -> Result<u128, Unreadable> {
    bytes.try_into().map(u128::from_be_bytes).map_err(|_| Unreadable("an id"))
}

pub(crate) fn transfer_id(bytes: &[u8]) -> Result<TransferId, Unreadable> {
    bits(bytes).map(TransferId::from_u128)
}

fn count<T: TryFrom<i64>>(number: i64) -> Result<T, Unreadable> {
    T::try_from(number).map_err(|_| Unreadable("a number"))
}

pub(crate) fn version(number: i64) -> Result<u64, Unreadable> {
    count(number)
}

pub(crate) fn scale(places: i64) -> Result<Scale, Unreadable> {
    count(places).ok().and_then(Scale::new).ok_or(Unreadable("a scale"))
}

impl TryFrom<CoinRow> for Coin {
    type Error = Unreadable;

    fn try_from(row: CoinRow) -> Result<Self, Unreadable> {
        let (min, max) = (text::to_amount(&row.min_amount)?, text::to_amount(&row.max_amount)?);
        Self::try_new(id(&row.id, "a coin id")?, scale(row.scale)?, min, max).map_err(|_| Unreadable("a coin"))
    }
}

impl TryFrom<AccountRow> for Account {
    type Error = Unreadable;

    fn try_from(row: AccountRow) -> Result<Self, Unreadable> {
        Ok(Self {
            key: AccountKey { user: id(&row.user_id, "a user id")?, coin: id(&row.coin_id, "a coin id")? },
            scale: scale(row.scale)?,
            purse: Purse { balance: text::to_amount(&row.balance)?, entries: version(row.version)? },
            held: text::to_amount(&row.held)?,
            changed_at: Timestamp::from_micros(row.changed_at),
        })
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
            id: transfer_id(&row.id)?,
            sender: id(&row.sender_id, "a user id")?,
            coin: id(&row.coin_id, "a coin id")?,
            scale: scale(row.scale)?,
            total: text::to_amount(&row.total)?,
            purse: Purse { balance: text::to_amount(&row.held)?, entries: version(row.entries)? },
            remark: id(&row.remark, "a remark")?,
            state,
            created_at: Timestamp::from_micros(row.created_at),
            expires_at: Timestamp::from_micros(row.expires_at),
            ended_at: row.ended_at.map(Timestamp::from_micros),
            changed_at: Timestamp::from_micros(row.changed_at),
            version: version(row.version)?,
            shares: Vec::new(),
            claims: Vec::new(),
        })
    }
}

/// Gives the word for a packet's state, and its lease.
pub(crate) fn packet_state(state: PacketState) -> (&'static str, Option<i64>) {
    match state {
        PacketState::Sending { lease_until } => ("sending", Some(lease_until.to_micros())),
        PacketState::Open => ("open", None),
        PacketState::Claimed => ("claimed", None),
        PacketState::Refunded => ("refunded", None),
        PacketState::Cancelled => ("cancelled", None),
    }
}

impl TryFrom<ShareRow> for Share {
    type Error = Unreadable;

    fn try_from(row: ShareRow) -> Result<Self, Unreadable> {
        let user = |user: Option<String>| user.map(|user| id(&user, "a user id")).transpose();
        Ok(Self {
            number: count(row.number)?,
            amount: text::to_amount(&row.amount)?,
            receiver: user(row.receiver_id)?,
            taker: user(row.taker_id)?,
        })
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
            taker: id(&row.taker_id, "a user id")?,
            share: count(row.share_number)?,
            state,
            version: version(row.version)?,
            changed_at: Timestamp::from_micros(row.changed_at),
        })
    }
}

/// Gives the word for a claim's state, and its lease.
pub(crate) fn claim_state(state: ClaimState) -> (&'static str, Option<i64>) {
    match state {
        ClaimState::Claiming { lease_until } => ("claiming", Some(lease_until.to_micros())),
        ClaimState::Claimed => ("claimed", None),
        ClaimState::Released => ("released", None),
    }
}

impl TryFrom<MovementRow> for Movement {
    type Error = Unreadable;

    fn try_from(row: MovementRow) -> Result<Self, Unreadable> {
        Ok(Self {
            reference: id(&row.reference, "a reference")?,
            direction: read_direction(&row.direction)?,
            account: AccountKey { user: id(&row.user_id, "a user id")?, coin: id(&row.coin_id, "a coin id")? },
            amount: text::to_amount(&row.amount)?,
            at: Timestamp::from_micros(row.moved_at),
        })
    }
}

/// Reads the word for a movement's direction.
pub(crate) fn read_direction(word: &str) -> Result<Direction, Unreadable> {
    match word {
        "in" => Ok(Direction::In),
        "out" => Ok(Direction::Out),
        _ => Err(Unreadable("a direction")),
    }
}

/// Gives the word for a movement's direction.
pub(crate) const fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::In => "in",
        Direction::Out => "out",
    }
}

impl TryFrom<PostingRow> for Posting {
    type Error = Unreadable;

    fn try_from(row: PostingRow) -> Result<Self, Unreadable> {
        let coin = id(&row.coin_id, "a coin id")?;
        Ok(Self {
            holder: match row.holder.as_str() {
                "account" => Holder::Account(AccountKey { user: id(&row.owner_id, "a user id")?, coin }),
                "packet" => Holder::Packet(id(&row.owner_id, "a transfer id")?),
                "movement" => Holder::Movement(id(&row.owner_id, "a reference")?),
                _ => return Err(Unreadable("a holder")),
            },
            coin,
            seq: version(row.seq)?,
            command: CommandId::from_u128(bits(&row.command_id)?),
            cause: Cause::ALL.into_iter().find(|cause| cause.as_str() == row.cause).ok_or(Unreadable("a cause"))?,
            amount: text::to_minor(&row.amount)?,
            balance: text::to_minor(&row.balance)?,
            at: Timestamp::from_micros(row.posted_at),
        })
    }
}

/// Gives the words for a holder: what it is, and which.
pub(crate) fn holder(holder: Holder) -> (&'static str, String) {
    match holder {
        Holder::Account(key) => ("account", key.user.to_string()),
        Holder::Packet(id) => ("packet", id.to_string()),
        Holder::Movement(reference) => ("movement", reference.to_string()),
    }
}
