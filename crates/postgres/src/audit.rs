//! Feeding the domain's auditor from one snapshot, page by page.

mod pace;

use std::collections::{BTreeMap, BTreeSet};

use futures_util::TryStreamExt;
use hongbao_domain::{
    id::{CoinId, TransferId},
    ledger::{Account, AccountKey, Audit, Auditor, Chain, Holder, Movement, Posting},
    money::{Coin, Scale},
};
use hongbao_ports::Fault;
use hongbao_store::{
    read,
    rows::{Unreadable, parse},
};
use sqlx::{Executor, PgConnection};
use uuid::Uuid;

pub(crate) use self::pace::Pace;
use self::pace::Reading;
use crate::{
    PostgresStore,
    codec::{Bits, Minor},
    fault,
    tables::{accounts, coins, movements, packets, postings},
};

/// How many holders are looked at together. It bounds the memory that an audit needs.
const PAGE: i64 = 500;

pub(crate) async fn run(store: &PostgresStore) -> Result<Audit, Fault> {
    store.long_snapshot(|mut tx| Box::pin(async move { follow(&mut tx, Pace::Resting).await })).await
}

/// Audits what a transaction sees.
pub(crate) async fn follow(tx: &mut PgConnection, pace: Pace) -> Result<Audit, Fault> {
    // One process of the database is enough: the others are for those who write.
    tx.execute("SET LOCAL max_parallel_workers_per_gather = 0").await.map_err(cannot)?;
    let (mut auditor, mut reading) = (Auditor::new(), Reading::at(pace));
    let coins = coins(tx, &mut auditor).await?;
    accounts(tx, &mut auditor, &mut reading).await?;
    escrows(tx, &mut auditor, &mut reading).await?;
    movements(tx, &mut auditor, &coins, &mut reading).await?;
    journal(tx, &mut auditor, &mut reading).await?;
    Ok(auditor.finish())
}

fn cannot(error: sqlx::Error) -> Fault {
    fault::of(error, "cannot read the ledger for the audit")
}

async fn coins(tx: &mut PgConnection, auditor: &mut Auditor) -> Result<BTreeMap<CoinId, Scale>, Fault> {
    let coins: Vec<Coin> = read(coins::select!("").fetch_all(&mut *tx).await.map_err(cannot)?)?;
    for coin in &coins {
        auditor.coin(coin);
    }
    Ok(coins.iter().map(|coin| (coin.id(), coin.scale())).collect())
}

async fn accounts(tx: &mut PgConnection, auditor: &mut Auditor, reading: &mut Reading) -> Result<(), Fault> {
    let (mut user, mut coin) = (String::new(), String::new());
    loop {
        let page = accounts::select!(
            "WHERE (a.user_id, a.coin_id) > ($1, $2) ORDER BY a.user_id, a.coin_id LIMIT $3",
            user,
            coin,
            PAGE
        );
        let page = page.fetch_all(&mut *tx).await.map_err(cannot)?;
        let page: Vec<Account> = read(page)?;
        let Some(last) = page.last() else { return Ok(()) };
        (user, coin) = (last.key.user.to_string(), last.key.coin.to_string());
        let names = page.iter().map(|row| (row.key.user.to_string(), row.key.coin));
        let chains = chains(tx, "account", names, reading).await?;
        let held = held(tx, &page).await?;
        for account in &page {
            let chain = chain(&chains, Holder::Account(account.key), account.key.coin);
            auditor.account(account, chain, held.get(&account.key).copied().unwrap_or_default());
        }
    }
}

/// Sums what the packets of a page of accounts hold. They are found by their index, whatever the planner thinks of reading
/// all packets once for each page.
async fn held(tx: &mut PgConnection, page: &[Account]) -> Result<BTreeMap<AccountKey, i128>, Fault> {
    let users: Vec<String> = page.iter().map(|row| row.key.user.to_string()).collect();
    let sums = sqlx::query!(
        r#"SELECT sender_id, coin_id, sum(held) AS "held!: Minor"
        FROM packets
        WHERE sender_id = ANY($1) AND ended_at IS NULL
        GROUP BY sender_id, coin_id"#,
        &users
    );
    tx.execute("SET LOCAL enable_seqscan = off").await.map_err(cannot)?;
    let sums = sums.fetch_all(&mut *tx).await.map_err(cannot)?;
    tx.execute("SET LOCAL enable_seqscan = on").await.map_err(cannot)?;
    let mut held = BTreeMap::new();
    for sum in sums {
        let (user, coin) = (parse(&sum.sender_id, "a user id")?, parse(&sum.coin_id, "a coin id")?);
        held.insert(AccountKey { user, coin }, sum.held.into());
    }
    Ok(held)
}

async fn escrows(tx: &mut PgConnection, auditor: &mut Auditor, reading: &mut Reading) -> Result<(), Fault> {
    let mut after = Uuid::nil();
    loop {
        let ids = sqlx::query_scalar!("SELECT id FROM packets WHERE id > $1 ORDER BY id LIMIT $2", after, PAGE);
        let ids = ids.fetch_all(&mut *tx).await.map_err(cannot)?;
        let Some(last) = ids.last() else { return Ok(()) };
        after = *last;
        let ids = ids.into_iter().map(|id| TransferId::from_u128(id.as_u128())).collect::<BTreeSet<_>>();
        let page = packets(&mut *tx, &ids).await?;
        let chains =
            chains(tx, "packet", page.iter().map(|packet| (packet.id.to_string(), packet.coin)), reading).await?;
        for packet in &page {
            auditor.packet(packet, chain(&chains, Holder::Packet(packet.id), packet.coin));
        }
    }
}

async fn movements(
    tx: &mut PgConnection,
    auditor: &mut Auditor,
    coins: &BTreeMap<CoinId, Scale>,
    reading: &mut Reading,
) -> Result<(), Fault> {
    let mut after = String::new();
    loop {
        let page = movements::select!("WHERE reference > $1 ORDER BY reference LIMIT $2", after, PAGE);
        let page = page.fetch_all(&mut *tx).await.map_err(cannot)?;
        let page: Vec<Movement> = read(page)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.reference.to_string();
        let names = page.iter().map(|row| (row.reference.to_string(), row.account.coin));
        let chains = chains(tx, "movement", names, reading).await?;
        for movement in &page {
            let holder = Holder::Movement(movement.reference);
            let scale = coins.get(&movement.account.coin).ok_or(Unreadable("a movement of no coin"))?;
            auditor.movement(movement, *scale, chain(&chains, holder, movement.account.coin));
        }
    }
}

/// Follows the postings of a page of holders, row by row: a holder's chain may be long.
async fn chains(
    tx: &mut PgConnection,
    holder: &str,
    names: impl Iterator<Item = (String, CoinId)>,
    reading: &mut Reading,
) -> Result<BTreeMap<(Holder, CoinId), Chain>, Fault> {
    let (owners, coins): (Vec<_>, Vec<_>) = names.map(|(owner, coin)| (owner, coin.to_string())).unzip();
    let mut postings = postings::select!(
        "unnest($1::TEXT[], $2::TEXT[]) AS k (owner_id, coin_id)
        JOIN postings AS p ON p.owner_id = k.owner_id AND p.holder = $3 AND p.coin_id = k.coin_id
        ORDER BY p.owner_id, p.coin_id, p.seq",
        &owners,
        &coins,
        holder
    )
    .fetch(&mut *tx);
    let mut chains: BTreeMap<(Holder, CoinId), Chain> = BTreeMap::new();
    while let Some(posting) = postings.try_next().await.map_err(cannot)? {
        let posting = Posting::try_from(posting)?;
        chains.entry((posting.holder, posting.coin)).or_default().follow(&posting);
        reading.row().await;
    }
    Ok(chains)
}

fn chain(chains: &BTreeMap<(Holder, CoinId), Chain>, holder: Holder, coin: CoinId) -> Chain {
    chains.get(&(holder, coin)).copied().unwrap_or_default()
}

async fn journal(tx: &mut PgConnection, auditor: &mut Auditor, reading: &mut Reading) -> Result<(), Fault> {
    let mut postings = postings::select!("postings AS p ORDER BY p.command_id, p.coin_id").fetch(&mut *tx);
    while let Some(posting) = postings.try_next().await.map_err(cannot)? {
        auditor.journal(&Posting::try_from(posting)?);
        reading.row().await;
    }
    Ok(())
}
