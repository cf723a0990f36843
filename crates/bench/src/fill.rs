//! Users, sessions and money for a store, through its own ports.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt, TryStreamExt, stream};
use hongbao_domain::{
    id::UserId,
    ledger::{AccountKey, Deposit},
    money::{Amount, Coin, Scale},
    user::UserStatus,
};
use hongbao_ports::{Clock, Ledger, Sessions, Users};
use hongbao_store::{Batches, Settings, Store};

use crate::{error::BenchError, system::System};

/// How many users there are. Each is sender and receiver.
pub(crate) const USERS: u32 = 2_000;

/// The coin that all packets are of.
pub(crate) const COIN: &str = "CNY";

/// What each user has at first, in minor units: more than one can send in a run.
const WEALTH: i128 = 10_i128.pow(12);

const SESSION_LIFE: Duration = Duration::from_hours(24);

/// How many users are added side by side.
const SIDE_BY_SIDE: usize = 64;

/// Names a user.
pub(crate) fn user(number: u32) -> String {
    format!("user{number:06}")
}

/// Names a user's session.
pub(crate) fn key(number: u32) -> String {
    format!("bench-session-{number:06}")
}

/// Adds all users with a session and money.
pub(crate) async fn fill<S: Store>(store: Arc<S>) -> Result<(), BenchError> {
    let ledger = Batches::start(store, Arc::new(System), Settings::default());
    let scale = Scale::new(2).expect("2 is a scale");
    let [one, most] = [1, WEALTH].map(|minor| Amount::from_minor(minor).expect("it is an amount"));
    let coin = Coin::try_new(COIN.parse().map_err(cannot)?, scale, one, most).map_err(cannot)?;
    ledger.add_coin(coin).await.map_err(cannot)?;
    let adding = stream::iter(0..USERS).map(|number| add(&ledger, number, most));
    adding.buffer_unordered(SIDE_BY_SIDE).try_collect::<()>().await?;
    ledger.close().await;
    Ok(())
}

async fn add(ledger: &Batches, number: u32, amount: Amount) -> Result<(), BenchError> {
    let id: UserId = user(number).parse().map_err(cannot)?;
    let status = UserStatus { is_active: true, takes_friend_requests: true };
    Users::add(ledger, id, status).await.map_err(cannot)?;
    let until = System.now().after(SESSION_LIFE);
    ledger.register(&key(number).parse().map_err(cannot)?, id, until).await.map_err(cannot)?;
    let account = AccountKey { user: id, coin: COIN.parse().map_err(cannot)? };
    let reference = format!("bench-{number}").parse().map_err(cannot)?;
    ledger.deposit(Deposit { reference, account, amount }).await.map_err(cannot)?;
    Ok(())
}

fn cannot(why: impl std::fmt::Debug) -> BenchError {
    BenchError::because("cannot fill a store", why)
}
