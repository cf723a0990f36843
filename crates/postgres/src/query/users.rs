//! Who exists. Lookups that arrive together share one statement.

use std::collections::HashMap;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use hongbao_domain::{id::UserId, user::UserStatus};
use hongbao_ports::{
    Fault,
    query::{ListedUser, Page, UserQueries},
};
use hongbao_store::rows::parse;
use sqlx::query;

use crate::{PostgresStore, fault, transaction::Tx};

/// Lies behind every character of an id.
const BEHIND: char = '\u{7f}';

/// Lies before every character of an id.
const BEFORE: char = '\u{1}';

#[async_trait]
impl UserQueries for PostgresStore {
    async fn status(&self, user: UserId) -> Result<Option<UserStatus>, Fault> {
        self.lookups.users.ask(self, user, look_up, self.retry_timeout).await
    }

    async fn users(&self, prefix: &str, page: Page<UserId>) -> Result<Vec<ListedUser>, Fault> {
        let after = page.after.map(|user| format!("{user}{BEFORE}")).unwrap_or_default();
        let (from, until) = (after.max(prefix.to_owned()), format!("{prefix}{BEHIND}"));
        self.read(|tx| Box::pin(users(tx, from.clone(), until.clone(), page.limit))).await
    }
}

async fn users(mut tx: Tx<'_, '_>, from: String, until: String, limit: u32) -> Result<Vec<ListedUser>, Fault> {
    let rows = query!(
        "SELECT id, is_active, takes_friend_requests
        FROM users
        WHERE id >= $1 AND id < $2
        ORDER BY id
        LIMIT $3",
        from,
        until,
        i64::from(limit)
    );
    let rows = rows.fetch_all(&mut *tx).await.map_err(|error| fault::of(error, "cannot list the users"))?;
    let listed = rows.into_iter().map(|row| {
        let status = UserStatus { is_active: row.is_active, takes_friend_requests: row.takes_friend_requests };
        Ok(ListedUser { id: parse(&row.id, "a user id")?, status })
    });
    listed.collect()
}

fn look_up<'a>(
    store: &'a PostgresStore,
    users: &'a [UserId],
) -> BoxFuture<'a, Result<HashMap<UserId, UserStatus>, Fault>> {
    Box::pin(store.read_first(move |mut tx| {
        Box::pin(async move {
            let ids: Vec<String> = users.iter().map(UserId::to_string).collect();
            let rows = query!("SELECT id, is_active, takes_friend_requests FROM users WHERE id = ANY($1)", &ids);
            let rows = rows.fetch_all(&mut *tx).await;
            let rows = rows.map_err(|error| fault::of(error, "cannot look up the users"))?;
            let status = |is_active, takes_friend_requests| UserStatus { is_active, takes_friend_requests };
            rows.into_iter()
                .map(|row| Ok((parse(&row.id, "a user id")?, status(row.is_active, row.takes_friend_requests))))
                .collect()
        })
    }))
}
