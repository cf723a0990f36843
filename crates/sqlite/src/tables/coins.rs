//! `coins`: what red packets can be sent in.

use std::collections::BTreeSet;

use hongbao_domain::{id::CoinId, store::Update};
use hongbao_store::rows::{CoinRow, lists};
use sqlx::{SqliteConnection, query};

use super::statement::{Done, Rows};
use crate::codec::{Minor, json, json_updates};

/// Reads rows of the table, those that the rest of the statement names.
macro_rules! select {
    ($rest:literal $(, $value:expr)*) => {
        sqlx::query_as!(
            hongbao_store::rows::CoinRow,
            r#"SELECT id, scale, min_amount AS "min_amount: Minor", max_amount AS "max_amount: Minor",
                takes_packets AS "takes_packets: bool"
            FROM coins "# + $rest
            $(, $value)*
        )
    };
}

pub(crate) use select;

pub(super) async fn load(tx: &mut SqliteConnection, keys: &BTreeSet<CoinId>) -> Result<Vec<CoinRow>, sqlx::Error> {
    let keys = json(keys.iter().map(CoinId::as_str));
    select!("WHERE id IN (SELECT value FROM json_each(?1))", keys).fetch_all(tx).await
}

pub(super) async fn insert(tx: &mut SqliteConnection, rows: &[CoinRow]) -> Done {
    let done = query!(
        "INSERT INTO coins (id, scale, min_amount, max_amount, takes_packets)
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?1)",
        lists(rows)
    );
    done.execute(tx).await
}

/// Changes limits, and whether new packets can be sent. A scale never changes.
pub(super) async fn update(tx: &mut SqliteConnection, updates: &[Update<CoinRow>]) -> Done {
    let done = query!(
        "UPDATE coins
        SET min_amount = new.value ->> '$[0][2]', max_amount = new.value ->> '$[0][3]',
            takes_packets = new.value ->> '$[0][4]'
        FROM json_each(?1) AS new
        WHERE coins.id = new.value ->> '$[1][0]' AND coins.scale = new.value ->> '$[0][1]'
            AND coins.min_amount = new.value ->> '$[1][2]' AND coins.max_amount = new.value ->> '$[1][3]'
            AND coins.takes_packets = new.value ->> '$[1][4]'",
        json_updates(updates)
    );
    done.execute(tx).await
}

pub(super) fn all(tx: &mut SqliteConnection) -> Rows<'_, CoinRow> {
    select!("ORDER BY id").fetch(tx)
}
