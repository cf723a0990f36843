//! What almost every request asks: whose session it is, and whether another user takes part.

use std::collections::HashMap;

use futures_util::future::BoxFuture;
use hongbao_domain::id::UserId;
use hongbao_ledger::{Answer, Coalescer};
use hongbao_ports::{Fault, Standing};

use crate::{PostgresStore, fault, row};

/// The SHA-256 of a session key.
pub(crate) type Digest = Vec<u8>;

/// Lookups that wait for the next statement.
#[derive(Clone, Default)]
pub(crate) struct Lookups {
    sessions: Coalescer<Digest, UserId>,
    standings: Coalescer<UserId, Standing>,
}

/// Gives the user of a session that is alive.
pub(crate) async fn user_of(store: &PostgresStore, key: Digest) -> Answer<UserId> {
    store.lookups.sessions.ask(store, key, sessions, store.patience).await
}

/// Gives how a user stands.
pub(crate) async fn standing(store: &PostgresStore, user: UserId) -> Answer<Standing> {
    store.lookups.standings.ask(store, user, standings, store.patience).await
}

fn sessions<'a>(store: &'a PostgresStore, keys: &'a [Digest]) -> BoxFuture<'a, Result<HashMap<Digest, UserId>, Fault>> {
    Box::pin(store.read_first(move |mut tx| {
        Box::pin(async move {
            let now = tx.given_now();
            let rows = sqlx::query!(
                "SELECT s.key_sha256, u.id
                    FROM sessions AS s
                    JOIN users AS u ON u.id = s.user_id
                    WHERE s.key_sha256 = ANY($1)
                        AND s.expires_at > coalesce($2, (extract(epoch FROM clock_timestamp()) * 1000000)::BIGINT)
                        AND u.is_active",
                keys,
                now
            )
            .fetch_all(&mut *tx)
            .await
            .map_err(|error| fault::of(error, "cannot look up the sessions"))?;
            rows.into_iter().map(|found| Ok((found.key_sha256, row::id(&found.id, "a user id")?))).collect()
        })
    }))
}

fn standings<'a>(
    store: &'a PostgresStore,
    users: &'a [UserId],
) -> BoxFuture<'a, Result<HashMap<UserId, Standing>, Fault>> {
    Box::pin(store.read_first(move |mut tx| {
        Box::pin(async move {
            let ids: Vec<String> = users.iter().map(UserId::to_string).collect();
            let rows = sqlx::query!("SELECT id, is_active, takes_friend_requests FROM users WHERE id = ANY($1)", &ids);
            let rows = rows.fetch_all(&mut *tx).await;
            let rows = rows.map_err(|error| fault::of(error, "cannot look up the users"))?;
            let standing = |is_active, takes_friend_requests| Standing { is_active, takes_friend_requests };
            rows.into_iter()
                .map(|row| Ok((row::id(&row.id, "a user id")?, standing(row.is_active, row.takes_friend_requests))))
                .collect()
        })
    }))
}
