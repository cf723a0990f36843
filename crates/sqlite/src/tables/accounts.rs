//! `accounts`: what users own.

use std::collections::BTreeSet;

use hongbao_domain::{ledger::AccountKey, store::Update};
use hongbao_store::rows::{AccountRow, lists};
use sqlx::{SqliteConnection, query};

use super::statement::{Done, Rows};
use crate::codec::{Minor, json, json_updates};

/// Reads accounts with the scale of their coin, from where the rest of the statement says.
macro_rules! select {
    ($from:literal $(, $value:expr)*) => {
        sqlx::query_as!(
            hongbao_store::rows::AccountRow,
            r#"SELECT a.user_id, a.coin_id, a.balance AS "balance: Minor", a.held AS "held: Minor", a.version, a.changed_at,
                c.scale
            FROM "# + $from
            $(, $value)*
        )
    };
}

pub(crate) use select;

pub(super) async fn load(
    tx: &mut SqliteConnection,
    keys: &BTreeSet<AccountKey>,
) -> Result<Vec<AccountRow>, sqlx::Error> {
    let rows = select!(
        "json_each(?1) AS k
        CROSS JOIN accounts AS a ON a.user_id = k.value ->> 0 AND a.coin_id = k.value ->> 1
        CROSS JOIN coins AS c ON c.id = a.coin_id",
        json(keys.iter().map(|key| (key.user.to_string(), key.coin.to_string())))
    );
    rows.fetch_all(tx).await
}

pub(super) async fn insert(tx: &mut SqliteConnection, rows: &[AccountRow]) -> Done {
    let done = query!(
        "INSERT INTO accounts (user_id, coin_id, balance, held, version, changed_at)
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(?1)",
        lists(rows)
    );
    done.execute(tx).await
}

pub(super) async fn update(tx: &mut SqliteConnection, updates: &[Update<AccountRow>]) -> Done {
    let done = query!(
        "UPDATE accounts
        SET balance = new.value ->> '$[0][2]', held = new.value ->> '$[0][3]', version = new.value ->> '$[0][4]',
            changed_at = new.value ->> '$[0][5]'
        FROM json_each(?1) AS new
        WHERE accounts.user_id = new.value ->> '$[1][0]' AND accounts.coin_id = new.value ->> '$[1][1]'
            AND accounts.version = new.value ->> '$[1][4]' AND accounts.held = new.value ->> '$[1][3]'",
        json_updates(updates)
    );
    done.execute(tx).await
}

pub(super) fn all(tx: &mut SqliteConnection) -> Rows<'_, AccountRow> {
    select!("accounts AS a JOIN coins AS c ON c.id = a.coin_id ORDER BY a.user_id, a.coin_id").fetch(tx)
}
