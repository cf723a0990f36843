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

use crate::{SqliteStore, codec::json, fault};

#[async_trait]
impl UserQueries for SqliteStore {
    async fn status(&self, user: UserId) -> Result<Option<UserStatus>, Fault> {
        self.lookups.users.ask(self, user, look_up, self.retry_timeout).await
    }

    async fn overview(&self, user: UserId) -> Result<Option<UserOverview>, Fault> {
        let found = query_as!(
            UserOverviewRow,
            r#"SELECT u.id, u.is_active AS "is_active: bool", u.takes_friend_requests AS "takes_friend_requests: bool",
                u.name, u.portrait_uri,
                (SELECT count(*) FROM sessions AS s WHERE s.user_id = u.id AND s.expires_at > ?2) AS "session_count!: i64",
                (SELECT count(*) FROM friendships AS f WHERE f.user_id = u.id) AS "friend_count!: i64"
            FROM users AS u
            WHERE u.id = ?1"#,
            user.as_str(),
            self.clock.now().to_micros()
        );
        let found = found.fetch_optional(&self.readers).await;
        let found = found.map_err(|error| fault::of(error, "cannot read the user"))?;
        Ok(found.map(UserOverview::try_from).transpose()?)
    }

    async fn users(&self, prefix: &str, page: Page<UserId>) -> Result<Vec<ListedUser>, Fault> {
        let (from, until) = id_range(prefix, page.after.as_ref().map(UserId::as_str));
        let rows = query_as!(
            StatusRow,
            r#"SELECT id, is_active AS "is_active: bool", takes_friend_requests AS "takes_friend_requests: bool"
            FROM users
            WHERE id >= ?1 AND id < ?2
            ORDER BY id
            LIMIT ?3"#,
            from,
            until,
            page.limit
        );
        Ok(read(rows.fetch_all(&self.readers).await.map_err(|error| fault::of(error, "cannot list the users"))?)?)
    }
}

fn look_up<'a>(
    store: &'a SqliteStore,
    users: &'a [UserId],
) -> BoxFuture<'a, Result<HashMap<UserId, UserStatus>, Fault>> {
    Box::pin(async move {
        let rows = query_as!(
            StatusRow,
            r#"SELECT u.id, u.is_active AS "is_active: bool", u.takes_friend_requests AS "takes_friend_requests: bool"
            FROM json_each(?1) AS k
            CROSS JOIN users AS u ON u.id = k.value"#,
            json(users.iter().map(UserId::as_str))
        );
        let rows = rows.fetch_all(&store.asking).await;
        let found: Vec<ListedUser> = read(rows.map_err(|error| fault::of(error, "cannot look up the users"))?)?;
        Ok(found.into_iter().map(|user| (user.id, user.status)).collect())
    })
}
