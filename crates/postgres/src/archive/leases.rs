//! What is in progress.

use hongbao_ports::Fault;
use hongbao_store::{archive::Leases, rows::Unreadable};
use sqlx::{PgConnection, query};

use crate::fault;

pub(super) async fn count(tx: &mut PgConnection) -> Result<Leases, Fault> {
    let cannot = |error| fault::of(error, "cannot count what is in progress");
    let found = query!(
        r#"SELECT
            (SELECT count(*) FROM packets WHERE state = 'sending') AS "sending!",
            (SELECT count(*) FROM claims WHERE state = 'claiming') AS "claiming!",
            (SELECT count(*) FROM groups WHERE state = 'preparing') AS "preparing!",
            (SELECT count(*) FROM memberships WHERE state = 'joining') AS "joining!",
            (SELECT count(*) FROM groups WHERE is_held) + (SELECT count(*) FROM memberships WHERE is_held)
                AS "checking!""#
    )
    .fetch_one(tx)
    .await
    .map_err(cannot)?;
    let count = |number: i64| u64::try_from(number).map_err(|_| Unreadable("a count"));
    Ok(Leases {
        sending: count(found.sending)?,
        claiming: count(found.claiming)?,
        preparing: count(found.preparing)?,
        joining: count(found.joining)?,
        checking: count(found.checking)?,
    })
}
