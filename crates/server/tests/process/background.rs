//! What no request waits for goes on while requests have all connections that they may have.

use sqlx::{Connection, Executor, PgConnection};

use crate::harness::{Background, Database, Demo, Folder, QUICKLY, until};

/// One connection for each kind of work but batches, and time enough for all that the test does meanwhile.
const SETTINGS: [&str; 8] = [
    "http.deadline=40s",
    "red_packet.lease=1m",
    "group.check_pause=1m",
    "database.connections=6",
    "database.lock_timeout=1m",
    "database.statement_timeout=1m",
    "red_packet.clean_up_interval=200ms",
    "group.reconcile_interval=200ms",
];

#[test]
fn sweeps_go_on_while_a_request_has_the_only_connection_that_reads() {
    let (folder, database) = (Folder::new(), Database::new("sweeps"));
    let demo = Demo::start(&folder, &[&SETTINGS[..], &[&database.setting]].concat());
    let packet = demo.publish();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut other = runtime.block_on(PgConnection::connect(&database.url())).unwrap();
    runtime.block_on(other.execute("BEGIN; LOCK TABLE friendships")).unwrap();
    let reading = Background::post(demo.http, "/im/friend_list", "session_key=demo-alice");
    until(QUICKLY, "a read that hangs", || {
        let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'friendships'::regclass";
        (database.psql(waiting) == "1").then_some(())
    });

    database.psql("UPDATE packets SET expires_at = created_at");
    let due = "INSERT INTO groups (id, name, memo, owner_id, state, checks_left, next_check_at, created_at, changed_at, version)
        VALUES (gen_random_uuid(), 'G', '', 'alice', 'discarded', 2, 1, 0, 0, 1)";
    database.psql(due);
    let is_one = |sql: &str| (database.psql(sql) == "1").then_some(());
    until(2 * QUICKLY, "the end of the packet", || is_one("SELECT count(*) FROM packets WHERE state = 'refunded'"));
    until(2 * QUICKLY, "a check of the group", || is_one("SELECT count(*) FROM groups WHERE checks_left = 1"));

    assert!(!reading.has_ended(), "all of it was done beside the request, and not after it");
    runtime.block_on(other.execute("ROLLBACK")).unwrap();
    drop(reading.outcome());
    assert_eq!(demo.accept(&packet).verdict().0, 4, "it has expired");
    demo.stop();
}
