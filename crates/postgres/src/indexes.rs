//! No index is kept that nothing uses: each makes every write dearer.

use std::{sync::Arc, time::Duration};

use hongbao_domain::{
    group::{JoinRef, PrepareGroup, PrepareJoin},
    id::{EndpointId, GroupId, UserId},
    outbox::Target,
    time::Timestamp,
    user::UserStatus,
};
use hongbao_ports::{
    Groups, Retention, Sessions, Users,
    query::{AdminQueries, Except, GroupQueries, LedgerQueries, Listed, OutboxQueries, Page, SessionQueries},
};
use hongbao_store::Batches;
use hongbao_testbed::Database;
use hongbao_testkit::SeqIds;

use crate::{PostgresStore, Settings, Time, testing::database};

const STATUS: UserStatus = UserStatus { is_active: true, takes_friend_requests: true };

/// Waits until a store's sessions have ended: then at the latest they have told what they counted.
pub(crate) async fn close(store: &PostgresStore, database: &Database) {
    store.close().await;
    let sessions =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'hongbao' AND datname = current_database()";
    assert!((0..1_000).any(|_| database.psql(sessions).unwrap() == "0"), "the sessions end");
}

/// A user joins a group.
async fn join(batches: &Batches, owner: UserId, user: UserId) {
    let (group, lease) = (GroupId::from_u128(1), Duration::from_secs(15));
    for user in [owner, user] {
        Users::add(batches, user, STATUS).await.unwrap();
    }
    let (name, memo) = ("好友".parse().unwrap(), "".parse().unwrap());
    batches.prepare_group(PrepareGroup { id: group, name, memo, owner, lease }).await.unwrap();
    batches.activate_group(group).await.unwrap();
    let fence = batches.prepare_join(PrepareJoin { group, user, lease }).await.unwrap().fence;
    let joined = batches.activate_join(JoinRef { group, user, fence }, Duration::from_secs(5)).await.unwrap();
    assert_eq!(joined.member_count, 2);
}

#[tokio::test]
async fn every_index_serves_a_lookup_or_a_sweep() {
    let database = database().await;
    let settings = Settings { migrate: false, ..Settings::new(database.url()) };
    let store = PostgresStore::open(&settings, Time::Database, Arc::new(SeqIds::new())).await.unwrap();
    let [alice, bob] = ["alice", "bob"].map(|user| user.parse().unwrap());
    let batches = Batches::start(Arc::new(store.clone()), store.ids.clone(), hongbao_store::Settings::default());
    join(&batches, alice, bob).await;
    batches.revoke_all(alice).await.unwrap();
    store.sessions_of(alice).await.unwrap();
    let account =
        "INSERT INTO coins VALUES ('CNY', 2, 1, 1, TRUE); INSERT INTO accounts VALUES ('alice', 'CNY', 0, 0, 0)";
    database.psql(account).unwrap();
    store.audit().await.unwrap();
    store.overdue(10, &Except::default()).await.unwrap();
    store.packets_of(alice, Page { after: None, limit: 10 }).await.unwrap();
    store.operations(Page { after: None, limit: 10 }).await.unwrap();
    store.groups_of(alice, Page { after: None, limit: 10 }).await.unwrap();
    store.lapsed(10).await.unwrap();
    store.due(10).await.unwrap();
    let endpoint = EndpointId::from_u128(1);
    for target in [Target::Notice, Target::Webhook(endpoint)] {
        store.due_deliveries(target, Duration::ZERO, 10).await.unwrap();
    }
    let from = Timestamp::from_micros(0);
    store.deliveries(Listed::To { endpoint, from, after: None }, 10).await.unwrap();
    store.has_taken(endpoint, from).await.unwrap();
    store.prune(store.clock().await.unwrap(), 10).await.unwrap();
    batches.close().await;
    close(&store, &database).await;

    let idle = "SELECT string_agg(indexrelname, ', ') FROM pg_stat_user_indexes JOIN pg_index USING (indexrelid)
        WHERE NOT indisunique AND idx_scan = 0";
    assert_eq!(database.psql(idle).unwrap(), "");
}

#[tokio::test]
async fn what_is_due_is_read_from_the_beginning_of_an_index_and_no_further_than_the_limit() {
    const LOOKS: i64 = 12;
    let database = database().await;
    let settings = Settings { migrate: false, ..Settings::new(database.url()) };
    let store = PostgresStore::open(&settings, Time::Database, Arc::new(SeqIds::new())).await.unwrap();
    let many = "
        INSERT INTO groups (id, name, memo, owner_id, state, checks_left, next_check_at, created_at, changed_at, version)
        SELECT gen_random_uuid(), 'gone', '', 'alice', 'discarded', 2, -number % 9000, 1, 1, 2
        FROM generate_series(1, 20000) AS number;
        INSERT INTO memberships (group_id, user_id, state, checks_left, next_check_at, changed_at, version)
        SELECT gen_random_uuid(), 'alice', 'leaving', 2, -number % 9000, 1, 2 FROM generate_series(1, 20000) AS number;
        INSERT INTO outbox (id, target, kind, event, state, due_at, attempts, created_at, changed_at, version)
        SELECT gen_random_uuid(), 'notice', 'user.disabled', '{\"user_disabled\":{\"user\":\"a\"}}',
            CASE WHEN number % 2 = 0 THEN 'waiting' ELSE 'parked' END, CASE WHEN number % 2 = 0 THEN number END, 1, 1, number, 1
        FROM generate_series(1, 20000) AS number;
        ANALYZE groups; ANALYZE memberships; ANALYZE outbox;";
    database.psql(many).unwrap();

    // More often than it takes for a plan to be kept.
    for _ in 0..LOOKS {
        assert_eq!(store.due(64).await.unwrap().len(), 128);
        assert_eq!(store.due_deliveries(Target::Notice, Duration::ZERO, 64).await.unwrap().len(), 64);
        let listed = store.deliveries(Listed::Parked { after: None }, 64).await.unwrap();
        assert_eq!((listed.len(), listed[0].changed_at.to_micros()), (64, 1));
    }
    close(&store, &database).await;

    let scanned =
        "SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname IN ('groups', 'memberships', 'outbox')";
    assert_eq!(database.psql(scanned).unwrap(), "0");
    let read = "SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname IN ('groups', 'memberships')";
    let read: i64 = database.psql(read).unwrap().parse().unwrap();
    assert!((LOOKS * 128..=LOOKS * 130).contains(&read), "{read} entries read in {LOOKS} looks");
    let read = "SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = 'outbox'";
    let read: i64 = database.psql(read).unwrap().parse().unwrap();
    assert!((LOOKS * 128..=LOOKS * 132).contains(&read), "{read} deliveries read in {LOOKS} looks");
}
