//! `memberships`: users in groups, in whatever state.

#![expect(clippy::as_conversions, reason = "a cast tells the macros the type of an array that has NULLs or fewer bits")]

use std::collections::BTreeSet;

use hongbao_domain::{
    id::{GroupId, UserId},
    store::Update,
};
use hongbao_ports::Fault;
use hongbao_store::rows::MembershipRow;
use sqlx::{PgConnection, query, query_as};
use uuid::Uuid;

use super::statement::{Done, Rows, cannot};
use crate::codec::{Bits, column, narrow, narrow_some, uuid};

/// Locks and loads, always in the same order.
pub(super) async fn load(
    tx: &mut PgConnection,
    keys: &BTreeSet<(GroupId, UserId)>,
) -> Result<Vec<MembershipRow>, Fault> {
    let groups: Vec<Uuid> = keys.iter().map(|(group, _)| uuid(group.to_u128())).collect();
    let users: Vec<String> = keys.iter().map(|(_, user)| user.to_string()).collect();
    let rows = query_as!(
        MembershipRow,
        r#"SELECT group_id AS "group_id: Bits", user_id, state, lease_until, after_undo, joined,
            checks_left::BIGINT AS checks_left, next_check_at, is_held, checks_failed, changed_at, version
        FROM memberships
        WHERE (group_id, user_id) IN (SELECT * FROM unnest($1::UUID[], $2::TEXT[]))
        ORDER BY group_id, user_id
        FOR NO KEY UPDATE"#,
        &groups,
        &users
    );
    rows.fetch_all(tx).await.map_err(cannot)
}

/// Counts the members of some groups, and reads the clock in the same statement.
pub(super) async fn count(
    tx: &mut PgConnection,
    groups: &BTreeSet<GroupId>,
) -> Result<(Vec<(u128, i64)>, Option<i64>), Fault> {
    let groups: Vec<Uuid> = groups.iter().map(|id| uuid(id.to_u128())).collect();
    let rows = query!(
        r#"SELECT g.id, (extract(epoch FROM clock_timestamp()) * 1000000)::BIGINT AS "now!",
            (SELECT count(*) FROM memberships AS m WHERE m.group_id = g.id AND m.state = 'member') AS "members!"
        FROM groups AS g
        WHERE g.id = ANY($1)"#,
        &groups
    );
    let rows = rows.fetch_all(tx).await.map_err(cannot)?;
    let now = rows.first().map(|row| row.now);
    Ok((rows.into_iter().map(|row| (row.id.as_u128(), row.members)).collect(), now))
}

pub(super) async fn insert(tx: &mut PgConnection, rows: &[MembershipRow]) -> Done {
    let done = query!(
        "INSERT INTO memberships (group_id, user_id, state, lease_until, after_undo, joined, checks_left, next_check_at, is_held,
            checks_failed, changed_at, version)
        SELECT * FROM unnest($1::UUID[], $2::TEXT[], $3::TEXT[], $4::BIGINT[], $5::BOOLEAN[], $6::BIGINT[], $7::SMALLINT[],
            $8::BIGINT[], $9::BOOLEAN[], $10::INTEGER[], $11::BIGINT[], $12::BIGINT[])",
        &column(rows, |row| uuid(row.group_id)),
        &column(rows, |row| row.user_id.clone()),
        &column(rows, |row| row.state.clone()),
        &column(rows, |row| row.lease_until) as &[Option<i64>],
        &column(rows, |row| row.after_undo),
        &column(rows, |row| row.joined) as &[Option<i64>],
        &narrow_some(rows, |row| row.checks_left)? as &[Option<i16>],
        &column(rows, |row| row.next_check_at) as &[Option<i64>],
        &column(rows, |row| row.is_held),
        &narrow(rows, |row| row.checks_failed)? as &[i32],
        &column(rows, |row| row.changed_at),
        &column(rows, |row| row.version)
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) async fn update(tx: &mut PgConnection, updates: &[Update<MembershipRow>]) -> Done {
    let done = query!(
        "UPDATE memberships AS old
        SET state = new.state, lease_until = new.lease_until, after_undo = new.after_undo, joined = new.joined,
            checks_left = new.checks_left, next_check_at = new.next_check_at, is_held = new.is_held,
            checks_failed = new.checks_failed, changed_at = new.changed_at, version = new.version
        FROM (
            SELECT unnest($1::UUID[]) AS group_id, unnest($2::TEXT[]) AS user_id, unnest($3::TEXT[]) AS state,
                unnest($4::BIGINT[]) AS lease_until, unnest($5::BOOLEAN[]) AS after_undo,
                unnest($6::BIGINT[]) AS joined, unnest($7::SMALLINT[]) AS checks_left,
                unnest($8::BIGINT[]) AS next_check_at, unnest($9::BOOLEAN[]) AS is_held,
                unnest($10::INTEGER[]) AS checks_failed, unnest($11::BIGINT[]) AS changed_at,
                unnest($12::BIGINT[]) AS version, unnest($13::BIGINT[]) AS former_version
        ) AS new
        WHERE old.group_id = new.group_id AND old.user_id = new.user_id AND old.version = new.former_version",
        &column(updates, |row| uuid(row.after.group_id)),
        &column(updates, |row| row.after.user_id.clone()),
        &column(updates, |row| row.after.state.clone()),
        &column(updates, |row| row.after.lease_until) as &[Option<i64>],
        &column(updates, |row| row.after.after_undo),
        &column(updates, |row| row.after.joined) as &[Option<i64>],
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

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, MembershipRow> {
    query_as!(
        MembershipRow,
        r#"SELECT group_id AS "group_id: Bits", user_id, state, lease_until, after_undo, joined,
            checks_left::BIGINT AS checks_left, next_check_at, is_held, checks_failed, changed_at, version
        FROM memberships
        ORDER BY group_id, user_id"#
    )
    .fetch(tx)
}
