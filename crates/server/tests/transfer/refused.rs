//! Who has to wait, and who has to look for another place.

use hongbao_postgres::PostgresArchive;
use hongbao_sqlite::SqliteArchive;
use hongbao_store::archive::transfer::NotMoved;
use hongbao_store::archive::{Archive, ArchiveError, Leases, Table};

use crate::place::{Place, database, meddle, to_postgres};

#[tokio::test]
async fn what_is_unfinished_is_counted_on_either_store_and_the_move_refused() {
    let place = Place::new();
    let (file, database) = (place.file("hongbao.db"), database().await);
    let before = place.sqlite(&file).await;
    before.test_store.seed().await;
    before.test_store.leave_unfinished().await;
    before.close().await;
    let there = place.postgres(&database.url()).await;
    there.test_store.seed().await;
    there.test_store.leave_unfinished().await;
    there.close().await;
    let each = Leases { sending: 1, claiming: 1, preparing: 1, joining: 1, checking: 1 };

    let mut on_postgres = PostgresArchive::open(&database.url()).await.unwrap();
    assert_eq!(on_postgres.leases().await.unwrap(), each);
    Box::new(on_postgres).leave().await;
    let refused = to_postgres(&file, &database.url(), &mut |_, _| {}).await;
    assert!(matches!(refused, Err(NotMoved::InProgress(leases)) if leases == each), "{refused:?}");
}

#[tokio::test]
async fn a_target_with_a_user_is_left_as_it_is() {
    let place = Place::new();
    let (file, database) = (place.file("hongbao.db"), database().await);
    let before = place.sqlite(&file).await;
    before.test_store.seed().await;
    before.close().await;
    database.psql("INSERT INTO users (id, is_active, takes_friend_requests) VALUES ('zoe', TRUE, TRUE)").unwrap();

    let refused = to_postgres(&file, &database.url(), &mut |_, _| {}).await;

    assert!(matches!(refused, Err(NotMoved::NotEmpty(Table::Users))), "{refused:?}");
    assert_eq!(database.psql("SELECT count(*), min(id) FROM users").unwrap(), "1|zoe");
}

#[tokio::test]
async fn a_source_with_a_cent_too_many_is_refused() {
    let place = Place::new();
    let (file, database) = (place.file("hongbao.db"), database().await);
    let before = place.sqlite(&file).await;
    before.test_store.seed().await;
    before.close().await;
    meddle(&file, "UPDATE accounts SET balance = '0000000000000000000000000001' WHERE user_id = 'carol'").await;

    let refused = to_postgres(&file, &database.url(), &mut |_, _| {}).await;

    assert!(matches!(&refused, Err(NotMoved::Unsound(findings)) if !findings.is_empty()), "{refused:?}");
}

#[tokio::test]
async fn nobody_else_has_either_store_meanwhile() {
    let place = Place::new();
    let (file, database) = (place.file("hongbao.db"), database().await);
    place.sqlite(&file).await.close().await;
    let on_sqlite = SqliteArchive::open(&file).await.unwrap();
    let on_postgres = PostgresArchive::open(&database.url()).await.unwrap();

    assert!(matches!(SqliteArchive::open(&file).await, Err(ArchiveError::InUse)));
    assert!(matches!(PostgresArchive::open(&database.url()).await, Err(ArchiveError::InUse)));
    let look = hongbao_sqlite::Settings {
        busy_timeout: std::time::Duration::from_millis(50),
        ..hongbao_sqlite::Settings::new(&file)
    };
    assert!(hongbao_sqlite::SqliteStore::open(&look, place.clock.clone(), place.ids.clone()).await.is_err());
    let written = "SET lock_timeout = 50; INSERT INTO deployment VALUES (1, 'real')";
    assert!(database.psql(written).is_err_and(|error| error.to_string().contains("lock timeout")));

    Box::new(on_sqlite).leave().await;
    Box::new(on_postgres).leave().await;
    Box::new(SqliteArchive::open(&file).await.unwrap()).leave().await;
    Box::new(PostgresArchive::open(&database.url()).await.unwrap()).leave().await;
}

#[tokio::test]
async fn a_store_that_somebody_has_open_is_not_had() {
    let place = Place::new();
    let (file, database) = (place.file("hongbao.db"), database().await);
    let (on_sqlite, on_postgres) = (place.sqlite(&file).await, place.postgres(&database.url()).await);

    assert!(matches!(SqliteArchive::open(&file).await, Err(ArchiveError::InUse)));
    assert!(matches!(PostgresArchive::open(&database.url()).await, Err(ArchiveError::InUse)));

    on_sqlite.close().await;
    on_postgres.close().await;
}

#[tokio::test]
async fn a_schema_of_another_version_is_refused_and_not_changed() {
    let place = Place::new();
    let (file, database) = (place.file("hongbao.db"), database().await);
    place.sqlite(&file).await.close().await;
    meddle(&file, "DELETE FROM _sqlx_migrations WHERE version > 3").await;
    database.psql("DELETE FROM _sqlx_migrations WHERE version > 3").unwrap();

    assert!(matches!(SqliteArchive::open(&file).await, Err(ArchiveError::OtherSchema)));
    assert!(matches!(SqliteArchive::open_or_make(&file).await, Err(ArchiveError::OtherSchema)));
    assert!(matches!(PostgresArchive::open(&database.url()).await, Err(ArchiveError::OtherSchema)));
    assert!(matches!(PostgresArchive::open_or_make(&database.url()).await, Err(ArchiveError::OtherSchema)));
    assert_eq!(database.psql("SELECT max(version) FROM _sqlx_migrations").unwrap(), "3");
    assert!(matches!(SqliteArchive::open(&place.file("none.db")).await, Err(ArchiveError::Closed(_))));
}
