//! What is loaded of people who know each other: how many friends they have, friendships, blocks.

use hongbao_domain::{id::UserId, store::Keys};
use hongbao_ports::Fault;
use hongbao_store::rows::{BlockRow, FriendshipRow, Unreadable};
use sqlx::{PgConnection, query};

use super::statement::cannot;

/// What was found, and the clock, which each row has.
#[derive(Default)]
pub(super) struct Contacts {
    pub(super) friend_counts: Vec<(String, i64)>,
    pub(super) friendships: Vec<FriendshipRow>,
    pub(super) blocks: Vec<BlockRow>,
    pub(super) now: Option<i64>,
}

/// Loads all of it in one statement. It is locked by the rows of the users.
pub(super) async fn load(tx: &mut PgConnection, keys: &Keys) -> Result<Contacts, Fault> {
    let text = UserId::to_string;
    let counted: Vec<String> = keys.friends_of.iter().map(text).collect();
    let (users, friends): (Vec<_>, Vec<_>) = keys.friendships.iter().map(|[a, b]| (text(a), text(b))).unzip();
    let (blockers, blocked): (Vec<_>, Vec<_>) =
        keys.blocks.iter().map(|block| (text(&block.user), text(&block.blocked))).unzip();
    let rows = query!(
        r#"SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::BIGINT AS "now!", user_id AS "user_id!", friends,
            other_id, since, since_of_other
        FROM (
            SELECT u.id AS user_id, (SELECT count(*) FROM friendships AS f WHERE f.user_id = u.id) AS friends,
                NULL AS other_id, NULL::BIGINT AS since, NULL::BIGINT AS since_of_other
            FROM users AS u
            WHERE u.id = ANY($1)
            UNION ALL
            SELECT a.user_id, NULL, a.friend_id, a.since, b.since
            FROM friendships AS a
            JOIN friendships AS b ON b.user_id = a.friend_id AND b.friend_id = a.user_id
            WHERE (a.user_id, a.friend_id) IN (SELECT * FROM unnest($2::TEXT[], $3::TEXT[]))
            UNION ALL
            SELECT user_id, NULL, blocked_id, NULL, NULL
            FROM blocks
            WHERE (user_id, blocked_id) IN (SELECT * FROM unnest($4::TEXT[], $5::TEXT[]))
        ) AS found"#,
        &counted,
        &users,
        &friends,
        &blockers,
        &blocked
    );
    let rows = rows.fetch_all(tx).await.map_err(cannot)?;
    let mut found = Contacts { now: rows.first().map(|row| row.now), ..Contacts::default() };
    for row in rows {
        let user_id = row.user_id;
        match (row.friends, row.other_id, row.since, row.since_of_other) {
            (Some(friends), None, None, None) => found.friend_counts.push((user_id, friends)),
            (None, Some(friend_id), Some(since), Some(since_of_friend)) => {
                found.friendships.push(FriendshipRow { user_id, friend_id, since, since_of_friend });
            }
            (None, Some(blocked_id), None, None) => found.blocks.push(BlockRow { user_id, blocked_id }),
            _ => return Err(Unreadable("a row that is no count, friendship or block").into()),
        }
    }
    Ok(found)
}
