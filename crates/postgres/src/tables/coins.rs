//! `coins`: what red packets can be sent in.

#![expect(clippy::as_conversions, reason = "a cast tells the macros the type of an array that has NULLs or fewer bits")]

use std::collections::BTreeSet;

use hongbao_domain::{id::CoinId, store::Update};
use hongbao_ports::Fault;
use hongbao_store::rows::CoinRow;
use sqlx::{PgConnection, query, query_as};

use super::statement::{Done, Rows, cannot};
use crate::codec::{Minor, amounts, column, narrow};

/// Loads coins, which are never locked, and reads the clock in the same statement.
pub(super) async fn load(tx: &mut PgConnection, keys: &BTreeSet<CoinId>) -> Result<(Vec<CoinRow>, Option<i64>), Fault> {
    let keys: Vec<String> = keys.iter().map(CoinId::to_string).collect();
    let rows = query!(
        r#"SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::BIGINT AS "now!", id, scale,
            min_amount AS "min_amount: Minor", max_amount AS "max_amount: Minor"
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
    });
    Ok((rows.collect(), now))
}

pub(super) async fn insert(tx: &mut PgConnection, rows: &[CoinRow]) -> Done {
    let done = query!(
        "INSERT INTO coins (id, scale, min_amount, max_amount)
        SELECT * FROM unnest($1::TEXT[], $2::SMALLINT[], $3::NUMERIC[], $4::NUMERIC[])",
        &column(rows, |row| row.id.clone()),
        &narrow(rows, |row| row.scale)? as &[i16],
        &amounts(rows, |row| row.min_amount)?,
        &amounts(rows, |row| row.max_amount)?
    );
    done.execute(tx).await.map_err(cannot)
}

/// Changes limits. A scale never changes.
pub(super) async fn update(tx: &mut PgConnection, updates: &[Update<CoinRow>]) -> Done {
    let done = query!(
        "UPDATE coins AS old
        SET min_amount = new.min_amount, max_amount = new.max_amount
        FROM (
            SELECT unnest($1::TEXT[]) AS id, unnest($2::SMALLINT[]) AS scale, unnest($3::NUMERIC[]) AS min_amount,
                unnest($4::NUMERIC[]) AS max_amount, unnest($5::NUMERIC[]) AS former_min_amount,
                unnest($6::NUMERIC[]) AS former_max_amount
        ) AS new
        WHERE old.id = new.id AND old.scale = new.scale AND old.min_amount = new.former_min_amount AND old.max_amount
            = new.former_max_amount",
        &column(updates, |row| row.after.id.clone()),
        &narrow(updates, |row| row.after.scale)? as &[i16],
        &amounts(updates, |row| row.after.min_amount)?,
        &amounts(updates, |row| row.after.max_amount)?,
        &amounts(updates, |row| row.before.min_amount)?,
        &amounts(updates, |row| row.before.max_amount)?
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, CoinRow> {
    query_as!(
        CoinRow,
        r#"SELECT id, scale, min_amount AS "min_amount: Minor", max_amount AS "max_amount: Minor"
        FROM coins
        ORDER BY id"#
    )
    .fetch(tx)
}
