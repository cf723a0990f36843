//! `groups`: groups, in whatever state.

#![expect(clippy::as_conversions, reason = "a cast tells the macros the type of an array that has NULLs or fewer bits")]

use hongbao_domain::{id::GroupId, store::Update};
use hongbao_ports::Fault;
use hongbao_store::rows::GroupRow;
use sqlx::{PgConnection, query, query_as};
use uuid::Uuid;

use super::statement::{Done, Rows, cannot};
use crate::codec::{Bits, column, narrow, narrow_some, uuid};

/// Locks and loads, always in the same order.
pub(super) async fn load(tx: &mut PgConnection, keys: impl Iterator<Item = &GroupId>) -> Result<Vec<GroupRow>, Fault> {
    let keys: Vec<Uuid> = keys.map(|id| uuid(id.to_u128())).collect();
    let rows = query_as!(
        GroupRow,
        r#"SELECT id AS "id: Bits", name, memo, owner_id, state, lease_until, checks_left::BIGINT AS checks_left,
            next_check_at, is_held, checks_failed, created_at, changed_at, version
        FROM groups
        WHERE id = ANY($1)
        ORDER BY id
        FOR NO KEY UPDATE"#,
        &keys
    );
    rows.fetch_all(tx).await.map_err(cannot)
}

/// Loads groups that are only read.
pub(super) async fn look(tx: &mut PgConnection, keys: impl Iterator<Item = &GroupId>) -> Result<Vec<GroupRow>, Fault> {
    let keys: Vec<Uuid> = keys.map(|id| uuid(id.to_u128())).collect();
    let rows = query_as!(
        GroupRow,
        r#"SELECT id AS "id: Bits", name, memo, owner_id, state, lease_until, checks_left::BIGINT AS checks_left,
            next_check_at, is_held, checks_failed, created_at, changed_at, version
        FROM groups
        WHERE id = ANY($1)"#,
        &keys
    );
    rows.fetch_all(tx).await.map_err(cannot)
}

pub(super) async fn insert(tx: &mut PgConnection, rows: &[GroupRow]) -> Done {
    let done = query!(
        "INSERT INTO groups (id, name, memo, owner_id, state, lease_until, checks_left, next_check_at, is_held, checks_failed,
            created_at, changed_at, version)
        SELECT * FROM unnest($1::UUID[], $2::TEXT[], $3::TEXT[], $4::TEXT[], $5::TEXT[], $6::BIGINT[], $7::SMALLINT[], $8::BIGINT[],
            $9::BOOLEAN[], $10::INTEGER[], $11::BIGINT[], $12::BIGINT[], $13::BIGINT[])",
        &column(rows, |row| uuid(row.id)),
        &column(rows, |row| row.name.clone()),
        &column(rows, |row| row.memo.clone()),
        &column(rows, |row| row.owner_id.clone()),
        &column(rows, |row| row.state.clone()),
        &column(rows, |row| row.lease_until) as &[Option<i64>],
        &narrow_some(rows, |row| row.checks_left)? as &[Option<i16>],
        &column(rows, |row| row.next_check_at) as &[Option<i64>],
        &column(rows, |row| row.is_held),
        &narrow(rows, |row| row.checks_failed)? as &[i32],
        &column(rows, |row| row.created_at),
        &column(rows, |row| row.changed_at),
        &column(rows, |row| row.version)
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) async fn update(tx: &mut PgConnection, updates: &[Update<GroupRow>]) -> Done {
    let done = query!(
        "UPDATE groups AS old
        SET state = new.state, lease_until = new.lease_until, checks_left = new.checks_left,
            next_check_at = new.next_check_at, is_held = new.is_held, checks_failed = new.checks_failed,
            changed_at = new.changed_at, version = new.version
        FROM (
            SELECT unnest($1::UUID[]) AS id, unnest($2::TEXT[]) AS state, unnest($3::BIGINT[]) AS lease_until,
                unnest($4::SMALLINT[]) AS checks_left, unnest($5::BIGINT[]) AS next_check_at,
                unnest($6::BOOLEAN[]) AS is_held, unnest($7::INTEGER[]) AS checks_failed,
                unnest($8::BIGINT[]) AS changed_at, unnest($9::BIGINT[]) AS version,
                unnest($10::BIGINT[]) AS former_version
        ) AS new
        WHERE old.id = new.id AND old.version = new.former_version",
        &column(updates, |row| uuid(row.after.id)),
        &column(updates, |row| row.after.state.clone()),
        &column(updates, |row| row.after.lease_until) as &[Option<i64>],
        &narrow_some(updates, |row| row.after.checks_left)? as &[Option<i16>],
        &column(updates, |row| row.after.next_check_at) as &[Option<i64>],
        &column(updates, |row| row.after.is_held),
        &narrow(updates, |row| row.after.checks_failed)? as &[i32],
        &column(updates, |row| row.after.changed_at),
        &column(updates, |row| row.after.version),
        &column(updates, |row| row.before.version)
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, GroupRow> {
    query_as!(
        GroupRow,
        r#"SELECT id AS "id: Bits", name, memo, owner_id, state, lease_until, checks_left::BIGINT AS checks_left,
            next_check_at, is_held, checks_failed, created_at, changed_at, version
        FROM groups
        ORDER BY id"#
    )
    .fetch(tx)
}
