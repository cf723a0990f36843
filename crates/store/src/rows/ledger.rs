//! Coins, accounts, movements, the journal.

use hongbao_domain::{
    id::CommandId,
    ledger::{Account, AccountKey, Balance, Cause, Direction, Holder, Movement, Posting},
    money::Coin,
    time::Timestamp,
};

use super::{
    cell::Signed,
    row::row,
    text::{amount, parse, scale, stored, version},
    unreadable::Unreadable,
};

row! {
    /// A coin.
    CoinRow {
        id: String,
        scale: i64,
        min_amount: i128,
        max_amount: i128,
        takes_packets: bool,
    }
}

impl TryFrom<CoinRow> for Coin {
    type Error = Unreadable;

    fn try_from(row: CoinRow) -> Result<Self, Unreadable> {
        let (min, max) = (amount(row.min_amount)?, amount(row.max_amount)?);
        let coin = Self::try_new(parse(&row.id, "a coin id")?, scale(row.scale)?, min, max);
        Ok(coin.map_err(|_| Unreadable("a coin"))?.with_packets(row.takes_packets))
    }
}

impl From<&Coin> for CoinRow {
    fn from(coin: &Coin) -> Self {
        Self {
            id: coin.id().to_string(),
            scale: coin.scale().places().into(),
            min_amount: coin.min_amount().minor(),
            max_amount: coin.max_amount().minor(),
            takes_packets: coin.takes_packets(),
        }
    }
}

row! {
    /// An account.
    AccountRow {
        user_id: String,
        coin_id: String,
        balance: i128,
        held: i128,
        version: i64,
        changed_at: i64,
        ;
        /// That of the coin, with which it is loaded.
        scale: i64,
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

/// Reads the word for a movement's direction.
pub fn direction(word: &str) -> Result<Direction, Unreadable> {
    match word {
        "in" => Ok(Direction::In),
        "out" => Ok(Direction::Out),
        _ => Err(Unreadable("a direction")),
    }
}

row! {
    /// A deposit or withdrawal.
    MovementRow {
        reference: String,
        direction: String,
        user_id: String,
        coin_id: String,
        amount: i128,
        moved_at: i64,
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

row! {
    /// A line of the journal.
    PostingRow {
        holder: String,
        owner_id: String,
        coin_id: String,
        seq: i64,
        command_id: u128,
        cause: String,
        amount: Signed,
        balance: Signed,
        posted_at: i64,
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
