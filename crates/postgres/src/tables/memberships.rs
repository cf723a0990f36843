//! `memberships`: users in groups, in whatever state.

use std::collections::BTreeSet;

use hongbao_domain::{
    id::{GroupId, UserId},
    store::Update,
};
use hongbao_ports::Fault;
use hongbao_store::rows::MembershipRow;
use sqlx::{PgConnection, query};
use uuid::Uuid;

use super::statement::{Done, Rows, after, before, cannot, insert};
use crate::codec::{Bits, uuid};

/// Reads rows of the table, those that the rest of the statement names.
macro_rules! select {
    ($rest:literal $(, $value:expr)*) => {
        sqlx::query_as!(
            hongbao_store::rows::MembershipRow,
            r#"SELECT group_id AS "group_id: Bits", user_id, state, lease_until, after_undo, joined,
                checks_left::BIGINT AS checks_left, next_check_at, is_held, checks_failed, changed_at, version
            FROM memberships "# + $rest
            $(, $value)*
        )
    };
}

pub(crate) use select;

/// Locks and loads, always in the same order.
pub(super) async fn load(
    tx: &mut PgConnection,
    keys: &BTreeSet<(GroupId, UserId)>,
) -> Result<Vec<MembershipRow>, Fault> {
    let groups: Vec<Uuid> = keys.iter().map(|(group, _)| uuid(group.to_u128())).collect();
    let users: Vec<String> = keys.iter().map(|(_, user)| user.to_string()).collect();
    let rows = select!(
        "WHERE (group_id, user_id) IN (SELECT * FROM unnest($1::UUID[], $2::TEXT[]))
        ORDER BY group_id, user_id
        FOR NO KEY UPDATE",
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
    insert!(
        tx,
        "memberships",
        "group_id, user_id, state, lease_until, after_undo, joined, checks_left, next_check_at, is_held, checks_failed,
        changed_at, version",
        rows
    )
}

pub(super) async fn update(tx: &mut PgConnection, updates: &[Update<MembershipRow>]) -> Done {
    let done = query!(
        "UPDATE memberships AS old
        SET state = new.state, lease_until = new.lease_until, after_undo = new.after_undo, joined = new.joined,
            checks_left = new.checks_left, next_check_at = new.next_check_at, is_held = new.is_held,
            checks_failed = new.checks_failed, changed_at = new.changed_at, version = new.version
        FROM json_populate_recordset(NULL::memberships, $1::TEXT::JSON) AS new
        JOIN json_populate_recordset(NULL::memberships, $2::TEXT::JSON) AS former USING (group_id, user_id)
        WHERE old.group_id = new.group_id AND old.user_id = new.user_id AND old.version = former.version",
        after(updates),
        before(updates)
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, MembershipRow> {
    select!("ORDER BY group_id, user_id").fetch(tx)
}
