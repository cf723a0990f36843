//! Friends and blocks.

use std::sync::Arc;

use hongbao_domain::{
    friend::{AddFriend, AddFriendRefusal},
    id::UserId,
};
use hongbao_ports::query::{ContactQueries, Page};
use hongbao_testkit::user;
use tempfile::TempDir;
use tokio::sync::Barrier;

use crate::{
    Settings, SqliteStore,
    testing::{FixedClock, ids},
};

/// Two stores on one file, as two servers have them, with so many users `a0`, `a1`, … and `b0`, `b1`, …
async fn two_stores(pairs: usize) -> (SqliteStore, SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::new(format!("sqlite://{}/hongbao.db", folder.path().display()));
    let first = SqliteStore::open(&settings, Arc::new(FixedClock), ids()).await.unwrap();
    let second = SqliteStore::open(&settings, Arc::new(FixedClock), ids()).await.unwrap();
    for number in 0..pairs {
        for side in ["a", "b"] {
            first.add_user(&format!("{side}{number}")).await;
        }
    }
    (first, second, folder)
}

async fn behind(barrier: Arc<Barrier>, store: SqliteStore, user: UserId, other: UserId) -> Option<AddFriendRefusal> {
    barrier.wait().await;
    match store.submit(AddFriend { user, other, max: u32::MAX }).await {
        Ok(friend) => {
            assert_eq!(friend.profile.user, other);
            None
        }
        Err(refusal) => Some(refusal),
    }
}

/// Without the lock before the first read, one of the two would find that what it had read is old.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_servers_that_add_one_pair_one_is_told_that_they_are_friends() {
    let (first, second, _folder) = two_stores(10).await;
    for number in 0..10 {
        let (a, b) = (user(&format!("a{number}")), user(&format!("b{number}")));
        let barrier = Arc::new(Barrier::new(2));
        let one = tokio::spawn(behind(barrier.clone(), first.clone(), a, b));
        let other = tokio::spawn(behind(barrier, second.clone(), b, a));
        let mut answers = [one.await.unwrap(), other.await.unwrap()];
        answers.sort_by_key(Option::is_some);
        assert_eq!(answers, [None, Some(AddFriendRefusal::AlreadyFriends)], "round {number}");
        assert_eq!(first.friends(a, Page::first(u32::MAX)).await.unwrap().len(), 1);
        assert_eq!(first.friends(b, Page::first(u32::MAX)).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn half_a_friendship_cannot_be_stored() {
    let (store, _, _folder) = two_stores(1).await;
    let half = sqlx::query!("INSERT INTO friendships (user_id, friend_id, since) VALUES ('a0', 'b0', 7)");
    assert!(half.execute(&store.writer).await.is_err());

    store.submit(AddFriend { user: user("a0"), other: user("b0"), max: u32::MAX }).await.unwrap();
    let half = sqlx::query!("DELETE FROM friendships WHERE user_id = 'a0'");
    assert!(half.execute(&store.writer).await.is_err());
    let again = sqlx::query!("INSERT INTO friendships (user_id, friend_id, since) VALUES ('a0', 'b0', 8)");
    assert!(again.execute(&store.writer).await.is_err());
}

#[tokio::test]
async fn a_friend_is_shown_with_name_and_portrait_as_they_are_now() {
    let (store, _, _folder) = two_stores(1).await;
    sqlx::query!("UPDATE users SET name = '张三', portrait_uri = 'https://example.com/1.png' WHERE id = 'b0'")
        .execute(&store.writer)
        .await
        .unwrap();
    let added = store.submit(AddFriend { user: user("a0"), other: user("b0"), max: u32::MAX }).await.unwrap();
    assert_eq!(added.profile.name.as_str(), "张三");
    assert_eq!(added.profile.portrait_uri.as_str(), "https://example.com/1.png");
    assert_eq!(store.friends(user("a0"), Page::first(u32::MAX)).await.unwrap(), [added]);

    sqlx::query!("UPDATE users SET name = '李四' WHERE id = 'b0'").execute(&store.writer).await.unwrap();
    assert_eq!(store.friends(user("a0"), Page::first(u32::MAX)).await.unwrap()[0].profile.name.as_str(), "李四");
}

#[tokio::test]
async fn nobody_is_a_friend_of_oneself_or_knows_who_does_not_exist() {
    let (store, _, _folder) = two_stores(1).await;
    for (what, written) in [
        (
            "oneself",
            sqlx::query!("INSERT INTO friendships (user_id, friend_id, since) VALUES ('a0', 'a0', 7)")
                .execute(&store.writer)
                .await,
        ),
        (
            "a friend who does not exist",
            sqlx::query!("INSERT INTO friendships (user_id, friend_id, since) VALUES ('a0', 'x', 7), ('x', 'a0', 7)")
                .execute(&store.writer)
                .await,
        ),
        (
            "a block on who does not exist",
            sqlx::query!("INSERT INTO blocks (user_id, blocked_id) VALUES ('a0', 'x')").execute(&store.writer).await,
        ),
        (
            "a block by who does not exist",
            sqlx::query!("INSERT INTO blocks (user_id, blocked_id) VALUES ('x', 'a0')").execute(&store.writer).await,
        ),
        (
            "a block that is there already",
            sqlx::query!("INSERT INTO blocks (user_id, blocked_id) VALUES ('a0', 'b0'), ('a0', 'b0')")
                .execute(&store.writer)
                .await,
        ),
        (
            "a session of who does not exist",
            sqlx::query!("INSERT INTO sessions (key_sha256, user_id, expires_at) VALUES (zeroblob(32), 'x', 7)")
                .execute(&store.writer)
                .await,
        ),
    ] {
        assert!(written.is_err_and(|error| error.as_database_error().is_some()), "{what} is stored");
    }
}
