//! `groups`: groups, in whatever state.

use std::collections::BTreeSet;

use hongbao_domain::{id::GroupId, store::Update};
use hongbao_store::rows::{GroupRow, lists};
use sqlx::{SqliteConnection, query};

use super::statement::{Done, Rows};
use crate::codec::{Bits, hex, json, json_updates};

/// Reads rows of the table, those that the rest of the statement names.
macro_rules! select {
    ($rest:literal $(, $value:expr)*) => {
        sqlx::query_as!(
            hongbao_store::rows::GroupRow,
            r#"SELECT id AS "id: Bits", name, memo, owner_id, state, lease_until, checks_left, next_check_at,
                is_held AS "is_held: bool", checks_failed, created_at, changed_at, version
            FROM groups "# + $rest
            $(, $value)*
        )
    };
}

pub(crate) use select;

pub(super) async fn load(tx: &mut SqliteConnection, keys: &BTreeSet<GroupId>) -> Result<Vec<GroupRow>, sqlx::Error> {
    let keys = json(keys.iter().map(|id| hex(id.to_u128())));
    select!("WHERE id IN (SELECT unhex(value) FROM json_each(?1))", keys).fetch_all(tx).await
}

pub(super) async fn insert(tx: &mut SqliteConnection, rows: &[GroupRow]) -> Done {
    let done = query!(
        "INSERT INTO groups (id, name, memo, owner_id, state, lease_until, checks_left, next_check_at, is_held,
            checks_failed, created_at, changed_at, version)
        SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
            value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12
        FROM json_each(?1)",
        lists(rows)
    );
    done.execute(tx).await
}

pub(super) async fn update(tx: &mut SqliteConnection, updates: &[Update<GroupRow>]) -> Done {
    let done = query!(
        "UPDATE groups
        SET state = new.value ->> '$[0][4]', lease_until = new.value ->> '$[0][5]', checks_left = new.value ->> '$[0][6]',
            next_check_at = new.value ->> '$[0][7]', is_held = new.value ->> '$[0][8]',
            checks_failed = new.value ->> '$[0][9]', changed_at = new.value ->> '$[0][11]',
            version = new.value ->> '$[0][12]'
        FROM json_each(?1) AS new
        WHERE groups.id = unhex(new.value ->> '$[1][0]') AND groups.version = new.value ->> '$[1][12]'",
        json_updates(updates)
    );
    done.execute(tx).await
}

pub(super) fn all(tx: &mut SqliteConnection) -> Rows<'_, GroupRow> {
    select!("ORDER BY id").fetch(tx)
}
