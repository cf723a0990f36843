//! Whose session a key is: what almost every request asks.
//!
//! Lookups that arrive together share one statement, on a connection of their own: a flood of requests waits in no queue of
//! connections, and neither do the others.

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
    rows::{SessionTimesRow, hex_of, parse},
};
use sqlx::{query, query_as};

use crate::{SqliteStore, codec::json, fault};

#[async_trait]
impl SessionQueries for SqliteStore {
    async fn user_of(&self, key: &SessionKey) -> Result<Option<UserId>, Fault> {
        self.lookups.sessions.ask(self, digest(key).0, look_up, self.retry_timeout).await
    }

    async fn sessions_of(&self, user: UserId) -> Result<Vec<ListedSession>, Fault> {
        let rows = query_as!(
            SessionTimesRow,
            "SELECT key_sha256, created_at, expires_at
            FROM sessions
            WHERE user_id = ?1 AND expires_at > ?2
            ORDER BY created_at DESC",
            user.as_str(),
            self.clock.now().to_micros()
        );
        let rows = rows.fetch_all(&self.readers).await;
        let rows = rows.map_err(|error| fault::of(error, "cannot read the sessions"))?;
        Ok(read(rows)?)
    }
}

fn look_up<'a>(
    store: &'a SqliteStore,
    keys: &'a [[u8; 32]],
) -> BoxFuture<'a, Result<HashMap<[u8; 32], UserId>, Fault>> {
    Box::pin(async move {
        let cannot = |error| fault::of(error, "cannot look up the sessions");
        let rows = query!(
            r#"SELECT s.key_sha256, u.id
            FROM json_each(?1) AS k
            CROSS JOIN sessions AS s ON s.key_sha256 = unhex(k.value)
            JOIN users AS u ON u.id = s.user_id
            WHERE s.expires_at > ?2 AND u.is_active = 1"#,
            json(keys.iter().map(|key| hex_of(key))),
            store.clock.now().to_micros()
        );
        let rows = rows.fetch_all(&store.asking).await.map_err(cannot)?;
        // Every key has 32 bytes: the table says so.
        let found = rows.into_iter().filter_map(|row| Some((row.key_sha256.try_into().ok()?, row.id)));
        found.map(|(key, id)| Ok((key, parse(&id, "a user id")?))).collect()
    })
}
