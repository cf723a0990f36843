//! Whose session a key is: what almost every request asks. Lookups that arrive together share one statement.

use std::collections::HashMap;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use hongbao_domain::id::{SessionKey, UserId};
use hongbao_ports::{
    Fault, digest,
    query::{ListedSession, SessionQueries},
};
use hongbao_store::{
    read,
    rows::{SessionTimesRow, parse},
};
use sqlx::{query, query_as};

use crate::{PostgresStore, fault, transaction::Tx};

#[async_trait]
impl SessionQueries for PostgresStore {
    async fn user_of(&self, key: &SessionKey) -> Result<Option<UserId>, Fault> {
        self.lookups.sessions.ask(self, digest(key).0.to_vec(), look_up, self.retry_timeout).await
    }

    async fn sessions_of(&self, user: UserId) -> Result<Vec<ListedSession>, Fault> {
        self.read(|tx| Box::pin(sessions_of(tx, user))).await
    }
}

async fn sessions_of(mut tx: Tx<'_, '_>, user: UserId) -> Result<Vec<ListedSession>, Fault> {
    let now = tx.given_now();
    let rows = query_as!(
        SessionTimesRow,
        "SELECT key_sha256, created_at, expires_at
        FROM sessions
        WHERE user_id = $1 AND expires_at > coalesce($2, (extract(epoch FROM clock_timestamp()) * 1000000)::BIGINT)
        ORDER BY created_at DESC",
        user.as_str(),
        now
    );
    let rows = rows.fetch_all(&mut *tx).await.map_err(|error| fault::of(error, "cannot read the sessions"))?;
    Ok(read(rows)?)
}

fn look_up<'a>(
    store: &'a PostgresStore,
    keys: &'a [Vec<u8>],
) -> BoxFuture<'a, Result<HashMap<Vec<u8>, UserId>, Fault>> {
    Box::pin(store.read_first(move |mut tx| {
        Box::pin(async move {
            let now = tx.given_now();
            let rows = query!(
                "SELECT s.key_sha256, u.id
                FROM sessions AS s
                JOIN users AS u ON u.id = s.user_id
                WHERE s.key_sha256 = ANY($1)
                    AND s.expires_at > coalesce($2, (extract(epoch FROM clock_timestamp()) * 1000000)::BIGINT)
                    AND u.is_active",
                keys,
                now
            );
            let rows = rows.fetch_all(&mut *tx).await;
            let rows = rows.map_err(|error| fault::of(error, "cannot look up the sessions"))?;
            rows.into_iter().map(|found| Ok((found.key_sha256, parse(&found.id, "a user id")?))).collect()
        })
    }))
}
