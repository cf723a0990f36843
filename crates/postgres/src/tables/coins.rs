//! `coins`: what red packets can be sent in.

use std::collections::BTreeSet;

use hongbao_domain::{id::CoinId, store::Update};
use hongbao_ports::Fault;
use hongbao_store::rows::CoinRow;
use sqlx::{PgConnection, query};

use super::statement::{Done, Rows, after, before, cannot, insert};
use crate::codec::Minor;

/// Reads rows of the table, those that the rest of the statement names.
macro_rules! select {
    ($rest:literal $(, $value:expr)*) => {
        sqlx::query_as!(
            hongbao_store::rows::CoinRow,
            r#"SELECT id, scale, min_amount AS "min_amount: Minor", max_amount AS "max_amount: Minor", takes_packets
            FROM coins "# + $rest
            $(, $value)*
        )
    };
}

pub(crate) use select;

/// Loads coins, which are never locked, and reads the clock in the same statement.
pub(super) async fn load(tx: &mut PgConnection, keys: &BTreeSet<CoinId>) -> Result<(Vec<CoinRow>, Option<i64>), Fault> {
    let keys: Vec<String> = keys.iter().map(CoinId::to_string).collect();
    let rows = query!(
        r#"SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::BIGINT AS "now!", id, scale,
            min_amount AS "min_amount: Minor", max_amount AS "max_amount: Minor", takes_packets
        FROM coins
        WHERE id = ANY($1)"#,
        &keys
    );
    let rows = rows.fetch_all(tx).await.map_err(cannot)?;
    let now = rows.first().map(|row| row.now);
    let rows = rows.into_iter().map(|row| CoinRow {
        id: row.id,
        scale: row.scale.into(),
        min_amount: row.min_amount.into(),
        max_amount: row.max_amount.into(),
        takes_packets: row.takes_packets,
    });
    Ok((rows.collect(), now))
}

pub(super) async fn insert(tx: &mut PgConnection, rows: &[CoinRow]) -> Done {
    insert!(tx, "coins", "id, scale, min_amount, max_amount, takes_packets", rows)
}

/// Changes limits, and whether new packets can be sent. A scale never changes.
pub(super) async fn update(tx: &mut PgConnection, updates: &[Update<CoinRow>]) -> Done {
    let done = query!(
        "UPDATE coins AS old
        SET min_amount = new.min_amount, max_amount = new.max_amount, takes_packets = new.takes_packets
        FROM json_populate_recordset(NULL::coins, $1::TEXT::JSON) AS new
        JOIN json_populate_recordset(NULL::coins, $2::TEXT::JSON) AS former USING (id)
        WHERE old.id = new.id AND old.scale = new.scale
            AND old.min_amount = former.min_amount AND old.max_amount = former.max_amount
            AND old.takes_packets = former.takes_packets",
        after(updates),
        before(updates)
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, CoinRow> {
    select!("ORDER BY id").fetch(tx)
}
