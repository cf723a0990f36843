//! `friendships`: who is a friend of whom. Both rows of a friendship come and go by one statement.

use std::collections::BTreeSet;

use hongbao_domain::id::UserId;
use hongbao_store::rows::{FriendshipRow, Unreadable, lists};
use sqlx::{SqliteConnection, query, query_as};

use super::statement::{Done, Rows};
use crate::codec::json;

pub(super) async fn load(
    tx: &mut SqliteConnection,
    keys: &BTreeSet<[UserId; 2]>,
) -> Result<Vec<FriendshipRow>, sqlx::Error> {
    let rows = query_as!(
        FriendshipRow,
        r#"SELECT a.user_id, a.friend_id, a.since, b.since AS "since_of_friend!: i64"
        FROM json_each(?1) AS k
        CROSS JOIN friendships AS a ON a.user_id = k.value ->> 0 AND a.friend_id = k.value ->> 1
        CROSS JOIN friendships AS b ON b.user_id = a.friend_id AND b.friend_id = a.user_id"#,
        json(keys.iter().map(|pair| [pair[0].to_string(), pair[1].to_string()]))
    );
    rows.fetch_all(tx).await
}

/// Counts the friends of some users.
pub(super) async fn count(
    tx: &mut SqliteConnection,
    users: &BTreeSet<UserId>,
) -> Result<Vec<(String, i64)>, sqlx::Error> {
    let users = json(users.iter().map(UserId::as_str));
    let rows = query!(
        r#"SELECT u.id, (SELECT count(*) FROM friendships AS f WHERE f.user_id = u.id) AS "friends!: i64"
        FROM users AS u
        WHERE u.id IN (SELECT value FROM json_each(?1))"#,
        users
    );
    Ok(rows.fetch_all(tx).await?.into_iter().map(|row| (row.id, row.friends)).collect())
}

pub(super) async fn insert(tx: &mut SqliteConnection, rows: &[FriendshipRow]) -> Done {
    let done = query!(
        "INSERT INTO friendships (user_id, friend_id, since)
        SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1)
        UNION ALL
        SELECT value ->> 1, value ->> 0, value ->> 3 FROM json_each(?1)",
        lists(rows)
    );
    done.execute(tx).await
}

pub(super) async fn delete(tx: &mut SqliteConnection, rows: &[FriendshipRow]) -> Done {
    let done = query!(
        "DELETE FROM friendships
        WHERE (user_id, friend_id) IN (
            SELECT value ->> 0, value ->> 1 FROM json_each(?1)
            UNION ALL
            SELECT value ->> 1, value ->> 0 FROM json_each(?1)
        )",
        lists(rows)
    );
    done.execute(tx).await
}

/// Reads pairs. A row whose other half is missing is found, too, whichever of the two it is, and ends the reading.
pub(super) fn all(tx: &mut SqliteConnection) -> Rows<'_, FriendshipRow> {
    // SQLite reads NULL as 0 where a number must not be NULL: what is missing is asked for.
    query!(
        r#"SELECT a.user_id, a.friend_id, a.since, b.since AS "since_of_friend?"
        FROM friendships AS a
        LEFT JOIN friendships AS b ON b.user_id = a.friend_id AND b.friend_id = a.user_id
        WHERE a.user_id < a.friend_id OR b.user_id IS NULL
        ORDER BY a.user_id, a.friend_id"#
    )
    .try_map(|row| {
        let since_of_friend =
            row.since_of_friend.ok_or_else(|| sqlx::Error::Decode(Unreadable("half a friendship").into()))?;
        Ok(FriendshipRow { user_id: row.user_id, friend_id: row.friend_id, since: row.since, since_of_friend })
    })
    .fetch(tx)
}
