//! `memberships`: users in groups, in whatever state.

use std::collections::BTreeSet;

use hongbao_domain::{
    id::{GroupId, UserId},
    store::Update,
};
use hongbao_store::rows::{MembershipRow, lists};
use sqlx::{SqliteConnection, query};

use super::statement::{Done, Rows};
use crate::codec::{Bits, hex, json, json_updates};

/// Reads memberships, from where the rest of the statement says.
macro_rules! select {
    ($from:literal $(, $value:expr)*) => {
        sqlx::query_as!(
            hongbao_store::rows::MembershipRow,
            r#"SELECT m.group_id AS "group_id: Bits", m.user_id, m.state, m.lease_until,
                m.after_undo AS "after_undo: bool", m.joined, m.checks_left, m.next_check_at,
                m.is_held AS "is_held: bool", m.checks_failed, m.changed_at, m.version
            FROM "# + $from
            $(, $value)*
        )
    };
}

pub(crate) use select;

pub(super) async fn load(
    tx: &mut SqliteConnection,
    keys: &BTreeSet<(GroupId, UserId)>,
) -> Result<Vec<MembershipRow>, sqlx::Error> {
    let rows = select!(
        "json_each(?1) AS k
        CROSS JOIN memberships AS m ON m.group_id = unhex(k.value ->> 0) AND m.user_id = k.value ->> 1",
        json(keys.iter().map(|(group, user)| (hex(group.to_u128()), user.to_string())))
    );
    rows.fetch_all(tx).await
}

/// Counts the members of some groups.
pub(super) async fn count(
    tx: &mut SqliteConnection,
    groups: &BTreeSet<GroupId>,
) -> Result<Vec<(u128, i64)>, sqlx::Error> {
    let groups = json(groups.iter().map(|id| hex(id.to_u128())));
    let rows = query!(
        r#"SELECT g.id AS "id: Bits",
            (SELECT count(*) FROM memberships AS m WHERE m.group_id = g.id AND m.state = 'member') AS "members!: i64"
        FROM groups AS g
        WHERE g.id IN (SELECT unhex(value) FROM json_each(?1))"#,
        groups
    );
    Ok(rows.fetch_all(tx).await?.into_iter().map(|row| (row.id.into(), row.members)).collect())
}

pub(super) async fn insert(tx: &mut SqliteConnection, rows: &[MembershipRow]) -> Done {
    let done = query!(
        "INSERT INTO memberships (group_id, user_id, state, lease_until, after_undo, joined, checks_left, next_check_at,
            is_held, checks_failed, changed_at, version)
        SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
            value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11
        FROM json_each(?1)",
        lists(rows)
    );
    done.execute(tx).await
}

pub(super) async fn update(tx: &mut SqliteConnection, updates: &[Update<MembershipRow>]) -> Done {
    let done = query!(
        "UPDATE memberships
        SET state = new.value ->> '$[0][2]', lease_until = new.value ->> '$[0][3]', after_undo = new.value ->> '$[0][4]',
            joined = new.value ->> '$[0][5]', checks_left = new.value ->> '$[0][6]',
            next_check_at = new.value ->> '$[0][7]', is_held = new.value ->> '$[0][8]',
            checks_failed = new.value ->> '$[0][9]', changed_at = new.value ->> '$[0][10]',
            version = new.value ->> '$[0][11]'
        FROM json_each(?1) AS new
        WHERE memberships.group_id = unhex(new.value ->> '$[1][0]') AND memberships.user_id = new.value ->> '$[1][1]'
            AND memberships.version = new.value ->> '$[1][11]'",
        json_updates(updates)
    );
    done.execute(tx).await
}

pub(super) fn all(tx: &mut SqliteConnection) -> Rows<'_, MembershipRow> {
    select!("memberships AS m ORDER BY m.group_id, m.user_id").fetch(tx)
}
