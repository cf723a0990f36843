//! Everything arrives.

use hongbao_domain::red_packet::{BeginClaim, SettleClaim};
use hongbao_ports::Deployment;
use hongbao_postgres::PostgresArchive;
use hongbao_sqlite::SqliteArchive;
use hongbao_store::archive::Table;

use crate::place::{Place, between, database, meddle, sums, to_postgres};

/// What no use case of the seed writes.
const MORE: &str = "INSERT INTO requests
    (user_id, method, request_key, fingerprint, status, outcome, work, lease_until, recorded_at) VALUES
    ('alice', 'send', 'k1', randomblob(32), NULL, NULL, 'packet 恭喜', 3, 1),
    ('alice', 'send', 'k2', randomblob(32), 0, '{\"恭喜\": \"发财 🧧\"}', NULL, NULL, 2);
    INSERT INTO outbox (id, target, kind, event, state, due_at, attempts, error, created_at, changed_at, version) VALUES
    (randomblob(16), 'notice', 'user.disabled', '{\"恭喜\": 1}', 'waiting', 9, 1, '坏网关', 1, 2, 3),
    (randomblob(16), '0352O0j8700mTvRyII4uoi', 'user.disabled', '{}', 'parked', NULL, 77, NULL, 1, 2, 3);
    INSERT INTO webhook_endpoints (id, url, events, secret, former_secret, former_until, is_enabled, created_at,
        changed_at, version) VALUES
    (randomblob(16), 'https://a.example', 'friend.added user.disabled', randomblob(32), randomblob(24), 9, 1, 1, 2, 3),
    (randomblob(16), 'https://b.example', '', randomblob(64), NULL, NULL, 0, 1, 2, 3);
    INSERT INTO admin_tokens (id, name, digest, scopes, created_at, expires_at, revoked_at, last_used_at, version) VALUES
    (randomblob(16), '财务 \"billing\"', randomblob(32), 'money read', 1, 2, 3, 4, 5),
    (randomblob(16), 'b', randomblob(32), 'operator', 1, NULL, NULL, NULL, 1);
    INSERT INTO admin_operations (id, token_id, request_id, asked, body, fingerprint, request_key, status, answer,
        lease_until, began_at, changed_at, version, nonce) VALUES
    (randomblob(16), randomblob(16), 'r', 'PUT /a', '{\"恭喜\": 1}', randomblob(32), 'key', 200, '{}', NULL, 1, 2, 3, randomblob(32)),
    (randomblob(16), randomblob(16), 'r', 'PUT /b', '', randomblob(32), NULL, NULL, NULL, 9, 1, 2, 3, NULL)";

#[tokio::test]
async fn what_is_seen_of_a_store_is_the_same_after_it_was_moved_and_goes_on() {
    let place = Place::new();
    let (file, database) = (place.file("hongbao.db"), database().await);
    let before = place.sqlite(&file).await;
    let packet = before.test_store.seed().await;
    let sight = before.test_store.snapshot().await;
    before.close().await;
    meddle(&file, MORE).await;

    let moved = to_postgres(&file, &database.url(), &mut |_, _| {}).await.unwrap();

    for (table, rows) in &moved.tables {
        assert!(*rows > 0 || *table == Table::Deployment, "the test lacks {}", table.as_str());
    }
    let after = place.postgres(&database.url()).await;
    assert_eq!(after.test_store.snapshot().await, sight);
    let taker = "bob".parse().unwrap();
    let claim = BeginClaim { id: packet.id, taker, lease: std::time::Duration::from_mins(1) };
    let begun = after.test_store.ledger.begin_claim(claim).await.unwrap();
    let settle = SettleClaim { packet: begun.packet, taker, fence: begun.fence };
    after.test_store.ledger.settle_claim(settle).await.unwrap();
    hongbao_testkit::assert_holds(&after.test_store).await;
    after.close().await;
}

#[tokio::test]
async fn a_store_comes_back_as_it_went() {
    let place = Place::new();
    let (file, again, database) = (place.file("hongbao.db"), place.file("below/again.db"), database().await);
    let before = place.sqlite(&file).await;
    before.test_store.seed().await;
    let sight = before.test_store.snapshot().await;
    before.close().await;
    meddle(&file, MORE).await;
    let there = to_postgres(&file, &database.url(), &mut |_, _| {}).await.unwrap();

    let source = Box::new(PostgresArchive::open(&database.url()).await.unwrap());
    let target = Box::new(SqliteArchive::open_or_make(&again).await.unwrap());
    let back = between(source, target, &mut |_, _| {}).await.unwrap();

    assert_eq!(back, there);
    let after = place.sqlite(&again).await;
    assert_eq!(after.test_store.snapshot().await, sight);
    after.close().await;
    assert_eq!(sums(&again).await, sums(&file).await);
}

#[tokio::test]
async fn a_database_is_moved_to_another() {
    let place = Place::new();
    let (one, other) = (database().await, database().await);
    let before = place.postgres(&one.url()).await;
    before.test_store.seed().await;
    let sight = before.test_store.snapshot().await;
    before.close().await;

    let source = Box::new(PostgresArchive::open(&one.url()).await.unwrap());
    let target = Box::new(PostgresArchive::open_or_make(&other.url()).await.unwrap());
    between(source, target, &mut |_, _| {}).await.unwrap();

    let after = place.postgres(&other.url()).await;
    assert_eq!(after.test_store.snapshot().await, sight);
    after.close().await;
}

#[tokio::test]
async fn the_mark_of_a_demo_goes_with_it_even_into_what_was_marked_as_real() {
    let place = Place::new();
    let (file, database) = (place.file("hongbao.db"), database().await);
    let before = place.sqlite(&file).await;
    assert_eq!(before.store.mark(Deployment::Demo).await.unwrap(), Deployment::Demo);
    before.test_store.seed().await;
    before.close().await;
    let target = place.postgres(&database.url()).await;
    assert_eq!(target.store.mark(Deployment::Real).await.unwrap(), Deployment::Real);
    target.close().await;

    to_postgres(&file, &database.url(), &mut |_, _| {}).await.unwrap();

    let after = place.postgres(&database.url()).await;
    assert_eq!(after.store.mark(Deployment::Real).await.unwrap(), Deployment::Demo);
    after.close().await;
}

#[tokio::test]
async fn more_rows_than_fit_into_a_page_arrive_and_friends_need_not_be_on_one() {
    let place = Place::new();
    let (file, database) = (place.file("hongbao.db"), database().await);
    place.sqlite(&file).await.close().await;
    meddle(
        &file,
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
        INSERT INTO users (id, is_active, takes_friend_requests, name)
        SELECT format('u%04d', i), 1, 1, 'n' || i FROM n;
        INSERT INTO friendships
        SELECT a.id, b.id, 1 FROM users AS a JOIN users AS b ON a.id <> b.id WHERE a.id = 'u1250' OR b.id = 'u1250';",
    )
    .await;
    let mut told = Vec::new();

    let moved = to_postgres(&file, &database.url(), &mut |table, rows| told.push((table, rows))).await.unwrap();

    let filled: Vec<_> = moved.tables.iter().filter(|(_, rows)| *rows > 0).copied().collect();
    assert_eq!(filled, [(Table::Users, 2500), (Table::Friendships, 4998)]);
    assert_eq!(told[..3], [(Table::Users, 1000), (Table::Users, 2000), (Table::Users, 2500)]);
}
