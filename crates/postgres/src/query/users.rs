//! Who exists. Lookups that arrive together share one statement.

use std::collections::HashMap;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use hongbao_domain::{id::UserId, user::UserStatus};
use hongbao_ports::{
    Fault,
    query::{ListedUser, Page, UserQueries},
};
use hongbao_store::{
    read,
    rows::{StatusRow, id_range},
};
use sqlx::query_as;

use crate::{PostgresStore, fault, transaction::Tx};

#[async_trait]
impl UserQueries for PostgresStore {
    async fn status(&self, user: UserId) -> Result<Option<UserStatus>, Fault> {
        self.lookups.users.ask(self, user, look_up, self.retry_timeout).await
    }

    async fn users(&self, prefix: &str, page: Page<UserId>) -> Result<Vec<ListedUser>, Fault> {
        let (from, until) = id_range(prefix, page.after.as_ref().map(UserId::as_str));
        self.read(|tx| Box::pin(users(tx, from.clone(), until.clone(), page.limit))).await
    }
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
