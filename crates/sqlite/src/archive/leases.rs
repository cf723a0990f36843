//! What is in progress.

use hongbao_ports::Fault;
use hongbao_store::archive::Leases;
use sqlx::{SqliteConnection, query_as};

use crate::fault;

pub(super) async fn count(tx: &mut SqliteConnection) -> Result<Leases, Fault> {
    let cannot = |error| fault::of(error, "cannot count what is in progress");
    let found = query_as!(
        Leases,
        r#"SELECT
            (SELECT count(*) FROM packets WHERE state = 'sending') AS "sending!: u64",
            (SELECT count(*) FROM claims WHERE state = 'claiming') AS "claiming!: u64",
            (SELECT count(*) FROM groups WHERE state = 'preparing') AS "preparing!: u64",
            (SELECT count(*) FROM memberships WHERE state = 'joining') AS "joining!: u64",
            (SELECT count(*) FROM groups WHERE is_held) + (SELECT count(*) FROM memberships WHERE is_held)
                AS "checking!: u64""#
    );
    found.fetch_one(tx).await.map_err(cannot)
}
