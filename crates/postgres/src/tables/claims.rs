//! `claims`: who has taken which share, or is taking it.

use hongbao_store::rows::ClaimRow;
use sqlx::{PgConnection, query_as};

use super::statement::Rows;
use crate::codec::Bits;

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, ClaimRow> {
    query_as!(
        ClaimRow,
        r#"SELECT packet_id AS "packet_id: Bits", taker_id, share_number, state, lease_until, version, changed_at
        FROM claims
        ORDER BY packet_id, taker_id"#
    )
    .fetch(tx)
}
