//! The sums of the money at one moment, made by SQLite itself: one statement over the whole journal.

use std::collections::BTreeMap;

use hongbao_domain::{
    id::CoinId,
    ledger::{Direction, Totals},
    money::Scale,
};
use hongbao_store::rows::{Unreadable, direction, parse, scale, version};
use sqlx::{Connection, SqliteConnection};

/// What all rows come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Sums {
    /// The money of each coin.
    pub(crate) totals: BTreeMap<CoinId, Totals>,
    /// How many postings the accounts, packets and movements say that there are.
    pub(crate) entries: i128,
    /// How many there are.
    pub(crate) postings: u64,
}

impl Sums {
    /// Says whether the money of each coin holds, and each holder counts its postings.
    pub(crate) fn hold(&self) -> bool {
        self.entries == i128::from(self.postings) && self.totals.values().all(Totals::hold)
    }
}

/// Puts a sum of amounts together, which SQLite cannot add whole: 28 digits are 10, 9 and 9.
pub(crate) fn whole(high: i64, middle: i64, low: i64) -> i128 {
    const NINE_DIGITS: i128 = 1_000_000_000;
    (i128::from(high) * NINE_DIGITS + i128::from(middle)) * NINE_DIGITS + i128::from(low)
}

fn unreadable(what: &'static str) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(Unreadable(what)))
}

/// Reads everything in one transaction.
pub(crate) async fn read(connection: &mut SqliteConnection) -> Result<Sums, sqlx::Error> {
    let mut tx = connection.begin().await?;
    let mut sums = Sums::default();
    for coin in sqlx::query!("SELECT id, scale FROM coins").fetch_all(&mut *tx).await? {
        let id = parse(&coin.id, "a coin id").map_err(|_| unreadable("a coin id"))?;
        let scale: Scale = scale(coin.scale).map_err(|_| unreadable("a scale"))?;
        sums.totals.insert(id, Totals::none(scale));
    }
    let accounts = sqlx::query!(
        r#"SELECT coin_id, SUM(version) AS "entries!: i64",
            SUM(CAST(substr(balance, 1, 10) AS INTEGER)) AS "high!: i64",
            SUM(CAST(substr(balance, 11, 9) AS INTEGER)) AS "middle!: i64",
            SUM(CAST(substr(balance, 20, 9) AS INTEGER)) AS "low!: i64"
        FROM accounts
        GROUP BY coin_id"#
    );
    for found in accounts.fetch_all(&mut *tx).await? {
        sums.entries += i128::from(found.entries);
        let sum = whole(found.high, found.middle, found.low);
        sums.coin(&found.coin_id)?.balances += sum;
    }
    let packets = sqlx::query!(
        r#"SELECT coin_id, SUM(entries) AS "entries!: i64",
            SUM(CAST(substr(held, 1, 10) AS INTEGER)) AS "high!: i64",
            SUM(CAST(substr(held, 11, 9) AS INTEGER)) AS "middle!: i64",
            SUM(CAST(substr(held, 20, 9) AS INTEGER)) AS "low!: i64"
        FROM packets
        GROUP BY coin_id"#
    );
    for found in packets.fetch_all(&mut *tx).await? {
        sums.entries += i128::from(found.entries);
        let sum = whole(found.high, found.middle, found.low);
        sums.coin(&found.coin_id)?.held += sum;
    }
    let movements = sqlx::query!(
        r#"SELECT coin_id, direction, COUNT(*) AS "count!: i64",
            SUM(CAST(substr(amount, 1, 10) AS INTEGER)) AS "high!: i64",
            SUM(CAST(substr(amount, 11, 9) AS INTEGER)) AS "middle!: i64",
            SUM(CAST(substr(amount, 20, 9) AS INTEGER)) AS "low!: i64"
        FROM movements
        GROUP BY coin_id, direction"#
    );
    for found in movements.fetch_all(&mut *tx).await? {
        sums.entries += i128::from(found.count);
        let sum = whole(found.high, found.middle, found.low);
        let totals = sums.coin(&found.coin_id)?;
        match direction(&found.direction).map_err(|_| unreadable("a direction"))? {
            Direction::In => totals.deposits += sum,
            Direction::Out => totals.withdrawals += sum,
        }
    }
    let postings = sqlx::query_scalar!(r#"SELECT COUNT(*) AS "count!: i64" FROM postings"#);
    sums.postings = version(postings.fetch_one(&mut *tx).await?).map_err(|_| unreadable("a number"))?;
    tx.commit().await?;
    Ok(sums)
}

impl Sums {
    fn coin(&mut self, id: &str) -> Result<&mut Totals, sqlx::Error> {
        let id = parse(id, "a coin id").map_err(|_| unreadable("a coin id"))?;
        self.totals.get_mut(&id).ok_or_else(|| unreadable("money of no coin"))
    }
}
