//! No index is kept that nothing uses: each makes every write dearer.

use std::{sync::Arc, time::Duration};

use hongbao_domain::{
    group::{PrepareGroup, PrepareJoin},
    id::{GroupId, UserId},
};
use hongbao_ledger::Store;
use hongbao_ports::{Groups, JoinRef, Listings, Page, Sessions, Standing, Users};
use hongbao_testbed::Database;
use hongbao_testkit::SeqIds;

use crate::{PostgresStore, Settings, Time, testing::database};

const STANDING: Standing = Standing { is_active: true, takes_friend_requests: true };

/// Waits until a store's sessions have ended: then at the latest they have told what they counted.
pub(crate) async fn close(store: &PostgresStore, database: &Database) {
    store.close().await;
    let sessions =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'hongbao' AND datname = current_database()";
    assert!((0..1_000).any(|_| database.psql(sessions).unwrap() == "0"), "the sessions end");
}

/// Somebody joins a group.
async fn join(store: &PostgresStore, owner: UserId, user: UserId) {
    let (group, lease) = (GroupId::from_u128(1), Duration::from_secs(15));
    for user in [owner, user] {
        store.add(user, STANDING).await.unwrap();
    }
    let (name, memo) = ("好友".parse().unwrap(), "".parse().unwrap());
    store.prepare_group(PrepareGroup { id: group, name, memo, owner, lease }).await.unwrap();
    store.activate_group(group).await.unwrap();
    let fence = store.prepare_join(PrepareJoin { group, user, lease }).await.unwrap().fence;
    let joined = store.activate_join(JoinRef { group, user, fence }, Duration::from_secs(5)).await.unwrap();
    assert_eq!(joined.member_count, 2);
}

#[tokio::test]
async fn every_index_serves_a_lookup_or_a_sweep() {
    let database = database().await;
    let settings = Settings { migrate: false, ..Settings::new(database.url()) };
    let store = PostgresStore::open(&settings, Time::Database, Arc::new(SeqIds::new())).await.unwrap();
    let [alice, bob] = ["alice", "bob"].map(|user| user.parse().unwrap());
    join(&store, alice, bob).await;
    store.sessions_of(alice).await.unwrap();
    store.holdings(alice).await.unwrap();
    Store::overdue(&store, 10).await.unwrap();
    store.packets_of(alice, Page { after: None, limit: 10 }).await.unwrap();
    store.undo_lapsed(10).await.unwrap();
    store.due(10).await.unwrap();
    // One attempt in 64 looks for old ones.
    for _ in 0..64 {
        store.set_standing(alice, STANDING).await.unwrap();
    }
    close(&store, &database).await;

    let idle = "SELECT string_agg(indexrelname, ', ') FROM pg_stat_user_indexes JOIN pg_index USING (indexrelid)
        WHERE NOT indisunique AND idx_scan = 0";
    assert_eq!(database.psql(idle).unwrap(), "");
}
