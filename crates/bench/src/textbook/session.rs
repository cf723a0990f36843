//! Who asks.
#![expect(clippy::disallowed_methods, reason = "the yardstick has no offline data of its own")]

use sha2::{Digest, Sha256};
use sqlx::PgPool;

/// Finds the user of a session that is alive.
pub(super) async fn user_of(pool: &PgPool, key: &str, now: i64) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT u.id FROM sessions AS s JOIN users AS u ON u.id = s.user_id
        WHERE s.key_sha256 = $1 AND s.expires_at > $2 AND u.is_active",
    )
    .bind(Sha256::digest(key).to_vec())
    .bind(now)
    .fetch_optional(pool)
    .await
}
