//! `friendships`: who is a friend of whom. Both rows of a friendship come and go by one statement.

use hongbao_store::rows::FriendshipRow;
use sqlx::{PgConnection, query, query_as};

use super::statement::{Done, Rows, cannot};
use crate::codec::column;

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
