//! Coins, accounts, packets, movements, the journal.

use hongbao_domain::{
    id::{CommandId, TransferId, UserId},
    ledger::{Account, AccountKey, Balance, Cause, Direction, Holder, Movement, Posting},
    money::Coin,
    red_packet::{Claim, ClaimState, Packet, PacketState, Share},
    time::Timestamp,
};

use super::{
    AccountRow, ClaimRow, CoinRow, MovementRow, PacketRow, PostingRow, ShareRow, Signed, Unreadable,
    text::{amount, number, parse, scale, stored, times, version},
};

impl TryFrom<CoinRow> for Coin {
    type Error = Unreadable;

    fn try_from(row: CoinRow) -> Result<Self, Unreadable> {
        let (min, max) = (amount(row.min_amount)?, amount(row.max_amount)?);
        Self::try_new(parse(&row.id, "a coin id")?, scale(row.scale)?, min, max).map_err(|_| Unreadable("a coin"))
    }
}

impl From<&Coin> for CoinRow {
    fn from(coin: &Coin) -> Self {
        Self {
            id: coin.id().to_string(),
            scale: coin.scale().places().into(),
            min_amount: coin.min_amount().minor(),
            max_amount: coin.max_amount().minor(),
        }
    }
}

impl TryFrom<AccountRow> for Account {
    type Error = Unreadable;

    fn try_from(row: AccountRow) -> Result<Self, Unreadable> {
        Ok(Self {
            key: AccountKey { user: parse(&row.user_id, "a user id")?, coin: parse(&row.coin_id, "a coin id")? },
            scale: scale(row.scale)?,
            balance: Balance { amount: amount(row.balance)?, version: version(row.version)? },
            held: amount(row.held)?,
            changed_at: Timestamp::from_micros(row.changed_at),
        })
    }
}

impl From<&Account> for AccountRow {
    fn from(account: &Account) -> Self {
        let Account { key, scale, balance, held, changed_at } = account;
        Self {
            user_id: key.user.to_string(),
            coin_id: key.coin.to_string(),
            balance: balance.amount.minor(),
            held: held.minor(),
            version: stored(balance.version),
            changed_at: changed_at.to_micros(),
            scale: scale.places().into(),
        }
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

/// Reads the word for a movement's direction.
pub fn direction(word: &str) -> Result<Direction, Unreadable> {
    match word {
        "in" => Ok(Direction::In),
        "out" => Ok(Direction::Out),
        _ => Err(Unreadable("a direction")),
    }
}

impl TryFrom<MovementRow> for Movement {
    type Error = Unreadable;

    fn try_from(row: MovementRow) -> Result<Self, Unreadable> {
        Ok(Self {
            reference: parse(&row.reference, "a reference")?,
            direction: direction(&row.direction)?,
            account: AccountKey { user: parse(&row.user_id, "a user id")?, coin: parse(&row.coin_id, "a coin id")? },
            amount: amount(row.amount)?,
            at: Timestamp::from_micros(row.moved_at),
        })
    }
}

impl From<&Movement> for MovementRow {
    fn from(movement: &Movement) -> Self {
        let Movement { reference, direction, account, amount, at } = movement;
        Self {
            reference: reference.to_string(),
            direction: match direction {
                Direction::In => "in".to_owned(),
                Direction::Out => "out".to_owned(),
            },
            user_id: account.user.to_string(),
            coin_id: account.coin.to_string(),
            amount: amount.minor(),
            moved_at: at.to_micros(),
        }
    }
}

impl TryFrom<PostingRow> for Posting {
    type Error = Unreadable;

    fn try_from(row: PostingRow) -> Result<Self, Unreadable> {
        let coin = parse(&row.coin_id, "a coin id")?;
        Ok(Self {
            holder: match row.holder.as_str() {
                "account" => Holder::Account(AccountKey { user: parse(&row.owner_id, "a user id")?, coin }),
                "packet" => Holder::Packet(parse(&row.owner_id, "a transfer id")?),
                "movement" => Holder::Movement(parse(&row.owner_id, "a reference")?),
                _ => return Err(Unreadable("a holder")),
            },
            coin,
            seq: version(row.seq)?,
            command: CommandId::from_u128(row.command_id),
            cause: Cause::ALL.into_iter().find(|cause| cause.as_str() == row.cause).ok_or(Unreadable("a cause"))?,
            amount: row.amount.0,
            balance: row.balance.0,
            at: Timestamp::from_micros(row.posted_at),
        })
    }
}

impl From<&Posting> for PostingRow {
    fn from(posting: &Posting) -> Self {
        let (holder, owner_id) = match posting.holder {
            Holder::Account(key) => ("account", key.user.to_string()),
            Holder::Packet(id) => ("packet", id.to_string()),
            Holder::Movement(reference) => ("movement", reference.to_string()),
        };
        Self {
            holder: holder.to_owned(),
            owner_id,
            coin_id: posting.coin.to_string(),
            seq: stored(posting.seq),
            command_id: posting.command.to_u128(),
            cause: posting.cause.as_str().to_owned(),
            amount: Signed(posting.amount),
            balance: Signed(posting.balance),
            posted_at: posting.at.to_micros(),
        }
    }
}
