//! People, times and money.

use std::time::Duration;

use crate::{
    id::UserId,
    ledger::AccountKey,
    money::{Amount, Coin, Scale},
    time::Timestamp,
};

pub(crate) const NOON: Timestamp = Timestamp::from_micros(1_700_000_000_000_001);
pub(crate) const LEASE: Duration = Duration::from_mins(1);
pub(crate) const LIFE: Duration = Duration::from_hours(1);

pub(crate) fn alice() -> UserId {
    "alice".parse().unwrap()
}

pub(crate) fn bob() -> UserId {
    "bob".parse().unwrap()
}

pub(crate) fn carol() -> UserId {
    "carol".parse().unwrap()
}

pub(crate) fn fen(minor: i128) -> Amount {
    Amount::from_minor(minor).unwrap()
}

pub(crate) fn cny_of(user: UserId) -> AccountKey {
    AccountKey { user, coin: "CNY".parse().unwrap() }
}

pub(crate) fn coin(id: &str, min: i128, max: i128) -> Coin {
    Coin::try_new(id.parse().unwrap(), Scale::new(2).unwrap(), fen(min), fen(max)).unwrap()
}
