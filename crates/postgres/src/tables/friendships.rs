//! `friendships`: who is a friend of whom. Both rows of a friendship come and go by one statement.

use std::collections::BTreeSet;

use hongbao_domain::id::UserId;
use hongbao_ports::Fault;
use hongbao_store::rows::FriendshipRow;
use sqlx::{PgConnection, query, query_as};

use super::statement::{Done, Rows, cannot};
use crate::codec::column;

/// Loads friendships. They are locked by the rows of both users.
pub(super) async fn load(tx: &mut PgConnection, keys: &BTreeSet<[UserId; 2]>) -> Result<Vec<FriendshipRow>, Fault> {
    let users: Vec<String> = keys.iter().map(|pair| pair[0].to_string()).collect();
    let friends: Vec<String> = keys.iter().map(|pair| pair[1].to_string()).collect();
    let rows = query_as!(
        FriendshipRow,
        "SELECT a.user_id, a.friend_id, a.since, b.since AS since_of_friend
        FROM friendships AS a
        JOIN friendships AS b ON b.user_id = a.friend_id AND b.friend_id = a.user_id
        WHERE (a.user_id, a.friend_id) IN (SELECT * FROM unnest($1::TEXT[], $2::TEXT[]))",
        &users,
        &friends
    );
    rows.fetch_all(tx).await.map_err(cannot)
}

/// Counts the friends of some users, and reads the clock in the same statement.
pub(super) async fn count(
    tx: &mut PgConnection,
    users: &BTreeSet<UserId>,
) -> Result<(Vec<(String, i64)>, Option<i64>), Fault> {
    let users: Vec<String> = users.iter().map(UserId::to_string).collect();
    let rows = query!(
        r#"SELECT u.id, (SELECT count(*) FROM friendships AS f WHERE f.user_id = u.id) AS "friends!",
            (extract(epoch FROM clock_timestamp()) * 1000000)::BIGINT AS "now!"
        FROM users AS u
        WHERE u.id = ANY($1)"#,
        &users
    );
    let rows = rows.fetch_all(tx).await.map_err(cannot)?;
    let now = rows.first().map(|row| row.now);
    Ok((rows.into_iter().map(|row| (row.id, row.friends)).collect(), now))
}

pub(super) async fn insert(tx: &mut PgConnection, rows: &[FriendshipRow]) -> Done {
    let done = query!(
        "WITH pairs AS (
            SELECT * FROM unnest($1::TEXT[], $2::TEXT[], $3::BIGINT[], $4::BIGINT[])
                AS pair (user_id, friend_id, since, since_of_friend)
        )
        INSERT INTO friendships (user_id, friend_id, since)
        SELECT user_id, friend_id, since FROM pairs
        UNION ALL
        SELECT friend_id, user_id, since_of_friend FROM pairs",
        &column(rows, |row| row.user_id.clone()),
        &column(rows, |row| row.friend_id.clone()),
        &column(rows, |row| row.since),
        &column(rows, |row| row.since_of_friend)
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) async fn delete(tx: &mut PgConnection, rows: &[FriendshipRow]) -> Done {
    let done = query!(
        "DELETE FROM friendships AS f
        USING unnest($1::TEXT[], $2::TEXT[]) AS pair (user_id, friend_id)
        WHERE f.user_id = pair.user_id AND f.friend_id = pair.friend_id
            OR f.user_id = pair.friend_id AND f.friend_id = pair.user_id",
        &column(rows, |row| row.user_id.clone()),
        &column(rows, |row| row.friend_id.clone())
    );
    done.execute(tx).await.map_err(cannot)
}

/// Reads pairs. A row whose other half is missing is found, too, whichever of the two it is, and ends the reading.
pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, FriendshipRow> {
    query_as!(
        FriendshipRow,
        r#"SELECT a.user_id, a.friend_id, a.since, b.since AS "since_of_friend!"
        FROM friendships AS a
        LEFT JOIN friendships AS b ON b.user_id = a.friend_id AND b.friend_id = a.user_id
        WHERE a.user_id < a.friend_id OR b.user_id IS NULL
        ORDER BY a.user_id, a.friend_id"#
    )
    .fetch(tx)
}
