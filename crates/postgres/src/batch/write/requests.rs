//! Requests that a caller may repeat. The step that ends one overwrites what its first step wrote.
#![expect(clippy::as_conversions, reason = "a cast tells the macros that an array has NULLs in it")]

use hongbao_domain::{ledger::Request, time::Timestamp};
use hongbao_ports::Fault;
use sqlx::PgConnection;

use super::column;
use crate::fault;

/// Records requests, which come in the order of their names; of several with one name the last is kept.
pub(super) async fn write(tx: &mut PgConnection, requests: &[Request], now: Timestamp) -> Result<(), Fault> {
    if requests.is_empty() {
        return Ok(());
    }
    let named = requests.chunk_by(|one, other| one.name() == other.name());
    let rows: Vec<_> = named.filter_map(|same| same.last()).collect();
    let statuses: Result<Vec<_>, _> =
        rows.iter().map(|row| row.reply.as_ref().map(|reply| i16::try_from(reply.status)).transpose()).collect();
    sqlx::query!(
        "INSERT INTO requests (user_id, method, request_key, fingerprint, status, outcome, recorded_at)
        SELECT *, $7::BIGINT
        FROM unnest($1::TEXT[], $2::TEXT[], $3::TEXT[], $4::BYTEA[], $5::SMALLINT[], $6::TEXT[])
        ON CONFLICT (user_id, method, request_key) DO UPDATE
        SET fingerprint = excluded.fingerprint, status = excluded.status, outcome = excluded.outcome",
        &column(&rows, |row| row.user.to_string()),
        &column(&rows, |row| row.method.to_string()),
        &column(&rows, |row| row.key.to_string()),
        &column(&rows, |row| row.fingerprint.to_vec()),
        &statuses.map_err(|error| Fault::internal("cannot record the status").because(error))? as &[Option<i16>],
        &column(&rows, |row| row.reply.as_ref().map(|reply| reply.outcome.clone())) as &[Option<String>],
        now.to_micros()
    )
    .execute(tx)
    .await
    .map_err(|error| fault::of(error, "cannot record the requests"))?;
    Ok(())
}
