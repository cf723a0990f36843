//! What almost every request asks: whose session it is, and whether another user takes part.
//!
//! Lookups that arrive together share one statement, on a connection of their own: a flood of requests waits in no queue of
//! connections, and neither do the others.

use std::{collections::HashMap, fmt::Write};

use futures_util::future::BoxFuture;
use hongbao_domain::id::UserId;
use hongbao_ledger::{Answer, Coalescer};
use hongbao_ports::{Fault, Standing};

use crate::{SqliteStore, batch::json, fault, row};

/// The SHA-256 of a session key.
pub(crate) type Digest = Vec<u8>;

/// Writes a digest as JSON can carry it; `unhex` reads it.
fn hex(digest: &[u8]) -> String {
    digest.iter().fold(String::with_capacity(2 * digest.len()), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes all that is written");
        text
    })
}

/// Lookups that wait for the next statement.
#[derive(Clone, Default)]
pub(crate) struct Lookups {
    sessions: Coalescer<Digest, UserId>,
    standings: Coalescer<UserId, Standing>,
}

/// Gives the user of a session that is alive.
pub(crate) async fn user_of(store: &SqliteStore, key: Digest) -> Answer<UserId> {
    store.lookups.sessions.ask(store, key, sessions, store.patience).await
}

/// Gives how a user stands.
pub(crate) async fn standing(store: &SqliteStore, user: UserId) -> Answer<Standing> {
    store.lookups.standings.ask(store, user, standings, store.patience).await
}

fn sessions<'a>(store: &'a SqliteStore, keys: &'a [Digest]) -> BoxFuture<'a, Result<HashMap<Digest, UserId>, Fault>> {
    Box::pin(async move {
        let (keys, now) = (json(keys.iter().map(|digest| hex(digest))), store.clock.now().to_micros());
        let rows = sqlx::query!(
            r#"SELECT s.key_sha256, u.id
            FROM json_each(?1) AS k
            CROSS JOIN sessions AS s ON s.key_sha256 = unhex(k.value)
            JOIN users AS u ON u.id = s.user_id
            WHERE s.expires_at > ?2 AND u.is_active = 1"#,
            keys,
            now
        );
        let rows = rows.fetch_all(&store.asking).await;
        let rows = rows.map_err(|error| fault::of(error, "cannot look up the sessions"))?;
        rows.into_iter().map(|found| Ok((found.key_sha256, row::id(&found.id, "a user id")?))).collect()
    })
}

fn standings<'a>(
    store: &'a SqliteStore,
    users: &'a [UserId],
) -> BoxFuture<'a, Result<HashMap<UserId, Standing>, Fault>> {
    Box::pin(async move {
        let users = json(users.iter().map(UserId::to_string));
        let rows = sqlx::query!(
            r#"SELECT u.id, u.is_active AS "is_active: bool", u.takes_friend_requests AS "takes_friend_requests: bool"
            FROM json_each(?1) AS k
            CROSS JOIN users AS u ON u.id = k.value"#,
            users
        );
        let rows = rows.fetch_all(&store.asking).await;
        let rows = rows.map_err(|error| fault::of(error, "cannot look up the users"))?;
        let standing = |is_active, takes_friend_requests| Standing { is_active, takes_friend_requests };
        rows.into_iter()
            .map(|row| Ok((row::id(&row.id, "a user id")?, standing(row.is_active, row.takes_friend_requests))))
            .collect()
    })
}
