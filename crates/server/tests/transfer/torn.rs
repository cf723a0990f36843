//! What breaks in the middle leaves nothing behind.

use std::sync::atomic::{AtomicBool, Ordering};

use hongbao_store::archive::Table;
use hongbao_store::archive::transfer::{NotMoved, Step};

use crate::place::{Place, database, meddle, meddle_without_walls, rows, to_postgres};

#[tokio::test]
async fn a_row_that_the_target_does_not_take_leaves_it_empty_and_a_second_try_succeeds() {
    let place = Place::new();
    let (file, database) = (place.file("hongbao.db"), database().await);
    let before = place.sqlite(&file).await;
    before.test_store.seed().await;
    before.close().await;
    // SQLite takes a text with NUL, PostgreSQL does not; groups come after all of the money.
    meddle(&file, "UPDATE groups SET memo = memo || char(0)").await;

    let torn = to_postgres(&file, &database.url(), &mut |_, _| {}).await;

    assert!(matches!(torn, Err(NotMoved::Broke(Step::Write(Table::Groups), _))), "{torn:?}");
    assert_eq!(rows(&database), 0);
    meddle(&file, "UPDATE groups SET memo = 'm'").await;
    let moved = to_postgres(&file, &database.url(), &mut |_, _| {}).await.unwrap();
    assert_eq!(rows(&database), moved.tables.iter().map(|(_, rows)| rows).sum::<u64>());
}

#[tokio::test]
async fn a_connection_that_is_cut_in_the_middle_leaves_the_target_empty_and_a_second_try_succeeds() {
    let place = Place::new();
    let (file, database) = (place.file("hongbao.db"), database().await);
    let before = place.sqlite(&file).await;
    before.test_store.seed().await;
    before.close().await;
    let is_cut = AtomicBool::new(false);
    let mut cut = |table, _| {
        if table == Table::Postings && !is_cut.swap(true, Ordering::SeqCst) {
            let mover = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND application_name = 'hongbao transfer-store'";
            assert_eq!(database.psql(mover).unwrap(), "t");
        }
    };

    let torn = to_postgres(&file, &database.url(), &mut cut).await;

    assert!(is_cut.load(Ordering::SeqCst));
    assert!(matches!(torn, Err(NotMoved::Broke(Step::Write(_), _))), "{torn:?}");
    assert_eq!(rows(&database), 0);
    to_postgres(&file, &database.url(), &mut |_, _| {}).await.unwrap();
    assert!(rows(&database) > 0);
}

#[tokio::test]
async fn half_a_friendship_is_not_passed_over() {
    let place = Place::new();
    for (name, half) in [
        ("first.db", "DELETE FROM friendships WHERE user_id < friend_id"),
        ("second.db", "DELETE FROM friendships WHERE user_id > friend_id"),
    ] {
        let (file, database) = (place.file(name), database().await);
        let before = place.sqlite(&file).await;
        before.test_store.seed().await;
        before.close().await;
        meddle_without_walls(&file, half).await;

        let torn = to_postgres(&file, &database.url(), &mut |_, _| {}).await;

        assert!(matches!(torn, Err(NotMoved::Broke(Step::Read(Table::Friendships), _))), "{torn:?}");
        assert_eq!(rows(&database), 0);
    }
}
