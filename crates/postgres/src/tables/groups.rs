//! `groups`: groups, in whatever state.

use hongbao_domain::{id::GroupId, store::Update};
use hongbao_ports::Fault;
use hongbao_store::rows::GroupRow;
use sqlx::{PgConnection, query};
use uuid::Uuid;

use super::statement::{Done, Rows, after, before, cannot, insert};
use crate::codec::{Bits, uuid};

/// Reads rows of the table, those that the rest of the statement names.
macro_rules! select {
    ($rest:literal $(, $value:expr)*) => {
        sqlx::query_as!(
            hongbao_store::rows::GroupRow,
            r#"SELECT id AS "id: Bits", name, memo, owner_id, state, lease_until, checks_left::BIGINT AS checks_left,
                next_check_at, is_held, checks_failed, created_at, changed_at, version
            FROM groups "# + $rest
            $(, $value)*
        )
    };
}

pub(crate) use select;

/// Locks and loads, always in the same order.
pub(super) async fn load(tx: &mut PgConnection, keys: impl Iterator<Item = &GroupId>) -> Result<Vec<GroupRow>, Fault> {
    let keys: Vec<Uuid> = keys.map(|id| uuid(id.to_u128())).collect();
    select!("WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE", &keys).fetch_all(tx).await.map_err(cannot)
}

/// Loads groups that are only read.
pub(super) async fn look(tx: &mut PgConnection, keys: impl Iterator<Item = &GroupId>) -> Result<Vec<GroupRow>, Fault> {
    let keys: Vec<Uuid> = keys.map(|id| uuid(id.to_u128())).collect();
    select!("WHERE id = ANY($1)", &keys).fetch_all(tx).await.map_err(cannot)
}

pub(super) async fn insert(tx: &mut PgConnection, rows: &[GroupRow]) -> Done {
    insert!(
        tx,
        "groups",
        "id, name, memo, owner_id, state, lease_until, checks_left, next_check_at, is_held, checks_failed, created_at,
        changed_at, version",
        rows
    )
}

pub(super) async fn update(tx: &mut PgConnection, updates: &[Update<GroupRow>]) -> Done {
    let done = query!(
        "UPDATE groups AS old
        SET state = new.state, lease_until = new.lease_until, checks_left = new.checks_left,
            next_check_at = new.next_check_at, is_held = new.is_held, checks_failed = new.checks_failed,
            changed_at = new.changed_at, version = new.version
        FROM json_populate_recordset(NULL::groups, $1::TEXT::JSON) AS new
        JOIN json_populate_recordset(NULL::groups, $2::TEXT::JSON) AS former USING (id)
        WHERE old.id = new.id AND old.version = former.version",
        after(updates),
        before(updates)
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, GroupRow> {
    select!("ORDER BY id").fetch(tx)
}
