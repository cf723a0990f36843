//! Groups and memberships.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use hongbao_domain::{
    group::{ActivateGroup, ActivateJoin, DiscardGroup, DiscardJoin, Group, JoinRef, Memo, PrepareGroup, PrepareJoin},
    id::{CommandId, GroupId},
    store::{Action, Batch, Command},
};
use hongbao_ports::{FaultKind, query::GroupQueries};
use hongbao_store::{Writes, decide};
use hongbao_testkit::user;
use tempfile::TempDir;

use super::super::{load, write};
use crate::{
    Settings, SqliteStore,
    testing::{FixedClock, ids},
};

const LEASE: Duration = Duration::from_secs(15);

async fn store() -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::new(format!("sqlite://{}/hongbao.db", folder.path().display()));
    (SqliteStore::open(&settings, Arc::new(FixedClock), ids()).await.unwrap(), folder)
}

async fn prepared(store: &SqliteStore) -> Group {
    let (id, name) = (GroupId::from_u128(1), "好友".parse().unwrap());
    let prepare = PrepareGroup { id, name, memo: Memo::default(), owner: user("alice"), lease: LEASE };
    store.submit(prepare).await.unwrap()
}

/// Works out a command on what is stored now, without writing it.
async fn work_out(store: &SqliteStore, action: impl Into<Action>) -> Writes {
    let command = Command { id: CommandId::from_u128(9), request: None, action: action.into() };
    let batch = Batch::from(vec![command]);
    let found = load(&mut store.readers.acquire().await.unwrap(), batch.keys()).await.unwrap();
    decide(&batch, found, store.clock.now()).unwrap().1.unwrap()
}

#[tokio::test]
async fn a_group_that_is_not_as_it_was_loaded_is_not_written() {
    let (store, _folder) = store().await;
    let id = prepared(&store).await.id;
    let late = work_out(&store, DiscardGroup { id }).await;
    let active = store.submit(ActivateGroup { id }).await.unwrap();

    let mut tx = store.begin().await.unwrap();
    let refused = write(&mut tx, &late).await.unwrap_err();

    assert_eq!(refused.kind(), FaultKind::Unavailable);
    drop(tx);
    assert_eq!(store.group(active.id).await.unwrap(), Some(active));
}

#[tokio::test]
async fn a_membership_that_is_not_as_it_was_loaded_is_not_written() {
    let (store, _folder) = store().await;
    let id = prepared(&store).await.id;
    store.submit(ActivateGroup { id }).await.unwrap();
    store.submit(PrepareJoin { group: id, user: user("bob"), lease: LEASE }).await.unwrap();
    let join = JoinRef { group: id, user: user("bob"), fence: 1 };
    let late = work_out(&store, DiscardJoin { join }).await;
    store.submit(ActivateJoin { join, pause: LEASE }).await.unwrap();

    let mut tx = store.begin().await.unwrap();
    let refused = write(&mut tx, &late).await.unwrap_err();

    assert_eq!(refused.kind(), FaultKind::Unavailable);
    drop(tx);
    assert!(store.memberships(id).await.unwrap()[1].is_member());
}

/// Runs the first statements, which must be done, and gives those of the others that are done although they must not.
macro_rules! taken {
    ($store:ident: $($given:literal)*; $($wrong:literal)*) => {{
        $(sqlx::query!($given).execute(&$store.writer).await.unwrap();)*
        let mut taken: Vec<&str> = Vec::new();
        $(
            match sqlx::query!($wrong).execute(&$store.writer).await {
                Ok(_) => taken.push($wrong),
                Err(error) => assert!(error.as_database_error().is_some(), "{}: {error}", $wrong),
            }
        )*
        taken
    }};
}

#[tokio::test]
async fn what_no_rule_makes_of_a_group_cannot_be_stored() {
    let (store, _folder) = store().await;
    let taken = taken!(store:
        "INSERT INTO groups (id, name, memo, owner_id, state, created_at, changed_at, version)
        VALUES (x'00000000000000000000000000000001', 'active', '', 'alice', 'active', 1, 1, 2)"
        "INSERT INTO groups (id, name, memo, owner_id, state, lease_until, created_at, changed_at, version)
        VALUES (x'00000000000000000000000000000002', 'preparing', '', 'alice', 'preparing', 5, 1, 1, 1)"
        "INSERT INTO groups (id, name, memo, owner_id, state, checks_left, next_check_at, created_at, changed_at, version)
        VALUES (x'00000000000000000000000000000003', 'discarded', '', 'alice', 'discarded', 2, 7, 1, 1, 2)";
        "INSERT INTO groups (id, name, memo, owner_id, state, created_at, changed_at, version)
        VALUES (x'00000000000000000000000000000001', 'again', '', 'alice', 'active', 1, 1, 2)"
        "UPDATE groups SET id = x'01' WHERE name = 'active'"
        "UPDATE groups SET name = '' WHERE name = 'active'"
        "UPDATE groups SET memo = hex(zeroblob(128)) WHERE name = 'active'"
        "UPDATE groups SET owner_id = '' WHERE name = 'active'"
        "UPDATE groups SET state = 'dismissed' WHERE name = 'active'"
        "UPDATE groups SET lease_until = 5 WHERE name = 'active'"
        "UPDATE groups SET lease_until = NULL WHERE name = 'preparing'"
        "UPDATE groups SET checks_left = 3 WHERE name = 'discarded'"
        "UPDATE groups SET next_check_at = NULL WHERE name = 'discarded'"
        "UPDATE groups SET checks_left = 1, next_check_at = 7 WHERE name = 'active'"
        "UPDATE groups SET is_held = 1 WHERE name = 'active'"
        "UPDATE groups SET is_held = 2 WHERE name = 'discarded'"
        "UPDATE groups SET version = 0 WHERE name = 'active'"
    );
    assert_eq!(taken, Vec::<&str>::new());
}

#[tokio::test]
async fn what_no_rule_makes_of_a_membership_cannot_be_stored() {
    let (store, _folder) = store().await;
    let taken = taken!(store:
        "INSERT INTO groups (id, name, memo, owner_id, state, created_at, changed_at, version)
        VALUES (x'00000000000000000000000000000001', 'active', '', 'alice', 'active', 1, 1, 2)"
        "INSERT INTO memberships (group_id, user_id, state, joined, changed_at, version)
        VALUES (x'00000000000000000000000000000001', 'alice', 'member', 0, 1, 1)"
        "INSERT INTO memberships (group_id, user_id, state, lease_until, changed_at, version)
        VALUES (x'00000000000000000000000000000001', 'bob', 'joining', 5, 1, 1)"
        "INSERT INTO memberships (group_id, user_id, state, checks_left, next_check_at, changed_at, version)
        VALUES (x'00000000000000000000000000000001', 'carol', 'leaving', 2, 7, 1, 2)"
        "INSERT INTO memberships (group_id, user_id, state, changed_at, version)
        VALUES (x'00000000000000000000000000000001', 'dave', 'gone', 1, 3)";
        "INSERT INTO memberships (group_id, user_id, state, changed_at, version)
        VALUES (x'00000000000000000000000000000002', 'dave', 'gone', 1, 3)"
        "INSERT INTO memberships (group_id, user_id, state, changed_at, version)
        VALUES (x'00000000000000000000000000000001', 'alice', 'gone', 1, 3)"
        "DELETE FROM groups"
        "UPDATE memberships SET user_id = '' WHERE user_id = 'dave'"
        "UPDATE memberships SET state = 'left' WHERE user_id = 'dave'"
        "UPDATE memberships SET lease_until = NULL WHERE user_id = 'bob'"
        "UPDATE memberships SET lease_until = 5 WHERE user_id = 'dave'"
        "UPDATE memberships SET after_undo = 1 WHERE user_id = 'dave'"
        "UPDATE memberships SET after_undo = 2 WHERE user_id = 'bob'"
        "UPDATE memberships SET joined = NULL WHERE user_id = 'alice'"
        "UPDATE memberships SET joined = 0 WHERE user_id = 'dave'"
        "UPDATE memberships SET joined = 1 WHERE user_id = 'alice'"
        "UPDATE memberships SET checks_left = 3 WHERE user_id = 'carol'"
        "UPDATE memberships SET next_check_at = NULL WHERE user_id = 'carol'"
        "UPDATE memberships SET checks_left = NULL, next_check_at = NULL WHERE user_id = 'carol'"
        "UPDATE memberships SET checks_left = 1, next_check_at = 7 WHERE user_id = 'dave'"
        "UPDATE memberships SET is_held = 1 WHERE user_id = 'dave'"
        "UPDATE memberships SET is_held = 2 WHERE user_id = 'carol'"
        "UPDATE memberships SET version = 0 WHERE user_id = 'bob'"
    );
    assert_eq!(taken, Vec::<&str>::new());
}

/// Makes so many more members of a group who are due for a check, all at different moments.
async fn make_due(store: &SqliteStore, from: i64, to: i64) {
    sqlx::query!(
        "INSERT INTO groups (id, name, memo, owner_id, state, created_at, changed_at, version)
        VALUES (x'00000000000000000000000000000001', 'active', '', 'alice', 'active', 1, 1, 2)
        ON CONFLICT DO NOTHING"
    )
    .execute(&store.writer)
    .await
    .unwrap();
    sqlx::query!(
        "WITH RECURSIVE numbers (number) AS (SELECT ?1 UNION ALL SELECT number + 1 FROM numbers WHERE number + 1 < ?2)
        INSERT INTO memberships (group_id, user_id, state, checks_left, next_check_at, changed_at, version)
        SELECT x'00000000000000000000000000000001', printf('user-%d', number), 'leaving', 2, -number, 1, 2 FROM numbers",
        from,
        to
    )
    .execute(&store.writer)
    .await
    .unwrap();
    sqlx::query!(
        "WITH RECURSIVE numbers (number) AS (SELECT ?1 UNION ALL SELECT number + 1 FROM numbers WHERE number + 1 < ?2)
        INSERT INTO groups (id, name, memo, owner_id, state, checks_left, next_check_at, created_at, changed_at, version)
        SELECT unhex(printf('f%031d', number)), 'gone', '', 'alice', 'discarded', 2, -number, 1, 1, 2 FROM numbers",
        from,
        to
    )
    .execute(&store.writer)
    .await
    .unwrap();
}

/// Counts the steps of SQLite's machine for one look at what is due.
async fn steps_of_due(store: &SqliteStore) -> u64 {
    let steps = Arc::new(AtomicU64::new(0));
    let counted = steps.clone();
    let mut reader = store.sweeps.acquire().await.unwrap();
    reader.lock_handle().await.unwrap().set_progress_handler(1, move || {
        counted.fetch_add(1, Ordering::Relaxed);
        true
    });
    drop(reader);
    assert_eq!(store.due(64).await.unwrap().len(), 128);
    steps.load(Ordering::Relaxed)
}

#[tokio::test]
async fn what_is_due_costs_the_same_however_much_more_is_due() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/hongbao.db", folder.path().display());
    let store =
        SqliteStore::open(&Settings { readers: 1, ..Settings::new(url) }, Arc::new(FixedClock), ids()).await.unwrap();

    make_due(&store, 0, 200).await;
    let few = steps_of_due(&store).await;
    make_due(&store, 200, 5_000).await;
    let many = steps_of_due(&store).await;

    assert!(many < few + few / 10, "{few} steps with 200 due, {many} with 5,000");
}
