//! Who knows whom.

use async_trait::async_trait;
use hongbao_domain::{friend::Friend, id::UserId, time::Timestamp};
use hongbao_ports::{
    Fault,
    query::{ContactQueries, Page},
};
use hongbao_store::{
    read,
    rows::{FriendRow, parse},
};
use sqlx::{query_as, query_scalar};

use crate::{PostgresStore, fault, transaction::Tx};

#[async_trait]
impl ContactQueries for PostgresStore {
    async fn friends(&self, user: UserId, page: Page<(Timestamp, UserId)>) -> Result<Vec<Friend>, Fault> {
        self.read(move |tx| Box::pin(friends(tx, user, page))).await
    }

    async fn blocked_by(&self, user: UserId) -> Result<Vec<UserId>, Fault> {
        self.read(|tx| Box::pin(blocked_by(tx, user))).await
    }
}

async fn friends(mut tx: Tx<'_, '_>, user: UserId, page: Page<(Timestamp, UserId)>) -> Result<Vec<Friend>, Fault> {
    let (since, friend) = begin(page.after);
    let rows = query_as!(
        FriendRow,
        "SELECT u.id, u.name, u.portrait_uri, f.since
        FROM friendships AS f
        JOIN users AS u ON u.id = f.friend_id
        WHERE f.user_id = $1 AND (f.since < $2 OR (f.since = $2 AND f.friend_id > $3))
        ORDER BY f.since DESC, f.friend_id
        LIMIT $4",
        user.as_str(),
        since,
        friend,
        i64::from(page.limit)
    );
    Ok(read(rows.fetch_all(&mut *tx).await.map_err(|error| fault::of(error, "cannot read the friends"))?)?)
}

async fn blocked_by(mut tx: Tx<'_, '_>, user: UserId) -> Result<Vec<UserId>, Fault> {
    let found = query_scalar!("SELECT blocked_id FROM blocks WHERE user_id = $1 ORDER BY blocked_id", user.as_str());
    let found = found.fetch_all(&mut *tx).await.map_err(|error| fault::of(error, "cannot read the blocks"))?;
    Ok(found.iter().map(|id| parse(id, "a user id")).collect::<Result<_, _>>()?)
}

/// Gives since when the last friend of the page before is one, and who that is; what comes before all of them.
fn begin(after: Option<(Timestamp, UserId)>) -> (i64, String) {
    after.map_or_else(|| (i64::MAX, String::new()), |(since, friend)| (since.to_micros(), friend.to_string()))
}
