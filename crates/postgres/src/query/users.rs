//! Who exists. Lookups that arrive together share one statement.

use std::collections::HashMap;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use hongbao_domain::{
    id::UserId,
    user::{UserOverview, UserStatus},
};
use hongbao_ports::{
    Fault,
    query::{ListedUser, Page, UserQueries},
};
use hongbao_store::{
    read,
    rows::{StatusRow, UserOverviewRow, id_range},
};
use sqlx::query_as;

use crate::{PostgresStore, fault, transaction::Tx};

#[async_trait]
impl UserQueries for PostgresStore {
    async fn status(&self, user: UserId) -> Result<Option<UserStatus>, Fault> {
        self.lookups.users.ask(self, user, look_up, self.retry_timeout).await
    }

    async fn overview(&self, user: UserId) -> Result<Option<UserOverview>, Fault> {
        self.read(|tx| Box::pin(overview(tx, user))).await
    }

    async fn users(&self, prefix: &str, page: Page<UserId>) -> Result<Vec<ListedUser>, Fault> {
        let (from, until) = id_range(prefix, page.after.as_ref().map(UserId::as_str));
        self.read(|tx| Box::pin(users(tx, from.clone(), until.clone(), page.limit))).await
    }
}

async fn overview(mut tx: Tx<'_, '_>, user: UserId) -> Result<Option<UserOverview>, Fault> {
    let now = tx.given_now();
    let found = query_as!(
        UserOverviewRow,
        r#"SELECT u.id, u.is_active, u.takes_friend_requests, u.name, u.portrait_uri,
            (
                SELECT count(*)
                FROM sessions AS s
                WHERE s.user_id = u.id
                    AND s.expires_at > coalesce($2, (extract(epoch FROM clock_timestamp()) * 1000000)::BIGINT)
            ) AS "session_count!",
            (SELECT count(*) FROM friendships AS f WHERE f.user_id = u.id) AS "friend_count!"
        FROM users AS u
        WHERE u.id = $1"#,
        user.as_str(),
        now
    );
    let found = found.fetch_optional(&mut *tx).await.map_err(|error| fault::of(error, "cannot read the user"))?;
    Ok(found.map(UserOverview::try_from).transpose()?)
}

async fn users(mut tx: Tx<'_, '_>, from: String, until: String, limit: u32) -> Result<Vec<ListedUser>, Fault> {
    let rows = query_as!(
        StatusRow,
        "SELECT id, is_active, takes_friend_requests FROM users WHERE id >= $1 AND id < $2 ORDER BY id LIMIT $3",
        from,
        until,
        i64::from(limit)
    );
    Ok(read(rows.fetch_all(&mut *tx).await.map_err(|error| fault::of(error, "cannot list the users"))?)?)
}

fn look_up<'a>(
    store: &'a PostgresStore,
    users: &'a [UserId],
) -> BoxFuture<'a, Result<HashMap<UserId, UserStatus>, Fault>> {
    Box::pin(store.read_first(move |mut tx| {
        Box::pin(async move {
            let ids: Vec<String> = users.iter().map(UserId::to_string).collect();
            let rows =
                query_as!(StatusRow, "SELECT id, is_active, takes_friend_requests FROM users WHERE id = ANY($1)", &ids);
            let rows = rows.fetch_all(&mut *tx).await;
            let found: Vec<ListedUser> = read(rows.map_err(|error| fault::of(error, "cannot look up the users"))?)?;
            Ok(found.into_iter().map(|user| (user.id, user.status)).collect())
        })
    }))
}
