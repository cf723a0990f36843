//! `friendships`: who is a friend of whom. Both rows of a friendship come and go by one statement.

use hongbao_store::rows::{FriendshipRow, objects};
use sqlx::{PgConnection, query, query_as};

use super::statement::{Done, Rows, cannot};

pub(super) async fn insert(tx: &mut PgConnection, rows: &[FriendshipRow]) -> Done {
    let done = query!(
        "WITH pairs AS (
            SELECT *
            FROM json_to_recordset($1::TEXT::JSON)
                AS pair (user_id TEXT, friend_id TEXT, since BIGINT, since_of_friend BIGINT)
        )
        INSERT INTO friendships (user_id, friend_id, since)
        SELECT user_id, friend_id, since FROM pairs
        UNION ALL
        SELECT friend_id, user_id, since_of_friend FROM pairs",
        objects(rows)
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) async fn delete(tx: &mut PgConnection, rows: &[FriendshipRow]) -> Done {
    let done = query!(
        "DELETE FROM friendships AS f
        USING json_populate_recordset(NULL::friendships, $1::TEXT::JSON) AS pair
        WHERE f.user_id = pair.user_id AND f.friend_id = pair.friend_id
            OR f.user_id = pair.friend_id AND f.friend_id = pair.user_id",
        objects(rows)
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
